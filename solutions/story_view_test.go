package solutions_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions"
	"tcpworkbook/solutions/internal/stories"
)

const opened = "1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3"

// last returns a play and the view after its last row.
func last(t *testing.T, text string) (*story.Play, story.View) {
	t.Helper()
	p := stories.Perform(text)
	require.Nil(t, p.Error)
	return p, p.View(len(p.Rows) - 1)
}

// values are a socket's, by their names, and the names of those that have just changed.
func values(s story.SocketView) (all map[string]string, changed []string) {
	all = make(map[string]string)
	for _, v := range s.Vars {
		all[v.Name] = v.Value
		if v.Changed {
			changed = append(changed, v.Name)
		}
	}
	return all, changed
}

func TestViewOfSockets(t *testing.T) {
	p, v := last(t, opened+";write.A.5;step")
	a, b := v.Hosts[0], v.Hosts[1]
	require.Len(t, a.Sockets, 1)
	require.Len(t, b.Sockets, 2)
	assert.Equal(t, "LISTEN", b.Sockets[0].State)
	assert.Equal(t, "*:80", b.Sockets[0].Name)
	assert.Equal(t, 1, b.Sockets[0].Queues.Ready, "one waits to be accepted")
	assert.Equal(t, "50000 → B:80", a.Sockets[0].Name)
	assert.Equal(t, "80 → A:50000", b.Sockets[1].Name)
	assert.True(t, b.Sockets[1].Waiting)
	assert.Equal(t, 2, b.Shown)

	all, changed := values(b.Sockets[1])
	assert.Equal(t, "106", all["RCV.NXT"])
	assert.Equal(t, "101", all["SND.WL1"], "the window was not taken again: nothing new was acknowledged")
	assert.Contains(t, changed, "RCV.NXT")
	assert.NotContains(t, changed, "SND.UNA")
	_, changed = values(a.Sockets[0])
	assert.Empty(t, changed, "nothing has happened at A with this row")

	assert.Equal(t, 5, b.Sockets[1].Queues.Recv)
	assert.Equal(t, story.Window{Name: "receive", Left: 101, Next: 106, Right: 65636, Used: 5, Free: 65530, Limit: 65535},
		b.Sockets[1].Windows[1])
	assert.Equal(t, story.Window{Name: "send", Left: 101, Next: 106, Right: 65636, Used: 5, Free: 65530, Limit: 4380},
		a.Sockets[0].Windows[0])
	require.Len(t, b.Sockets[1].Timers, 1)
	assert.Equal(t, "delayed ACK", b.Sockets[1].Timers[0].Name)
	assert.EqualValues(t, 440e6, b.Sockets[1].Timers[0].At)
	assert.EqualValues(t, 440e6, p.Next.At)
	assert.Equal(t, "B", p.Next.Host)

	begin := p.View(-1)
	assert.Empty(t, begin.Hosts[0].Sockets)
	assert.Empty(t, begin.Air)
	assert.Equal(t, p.View(0), p.View(-1), "what was set up is no socket")
	assert.Equal(t, v, p.View(99999), "there is no row after the last")
}

func TestViewOfTheDead(t *testing.T) {
	_, v := last(t, opened+";close.A;step.2;close.B;step.2;skip")
	a := v.Hosts[0].Sockets[0]
	assert.True(t, a.Dead)
	assert.Equal(t, "CLOSED", a.State)
	assert.Empty(t, a.Timers)
	assert.Empty(t, a.Error)
	_, v = last(t, opened+";abort.B;step")
	assert.Equal(t, "connection reset", v.Hosts[0].Sockets[0].Error)

	_, v = last(t, opened+";reboot.B")
	for _, s := range v.Hosts[1].Sockets {
		assert.True(t, s.Dead, "socket %d", s.ID)
		assert.Equal(t, "CLOSED", s.State)
	}
	assert.False(t, v.Hosts[0].Sockets[0].Dead)
}

func TestViewOfTheAir(t *testing.T) {
	_, v := last(t, opened+";write.A.5;dup.4.1500;hold.4;edit.5.seq.7.flags.rst")
	require.Len(t, v.Air, 2)
	first, second := v.Air[0], v.Air[1]
	assert.EqualValues(t, 4, first.Wire)
	assert.True(t, first.Held)
	assert.False(t, first.Forged)
	assert.Equal(t, []any{"A", "B", "10.0.0.1:50000", "10.0.0.2:80", "PSH,ACK", uint32(101), uint32(301), 5},
		[]any{first.From, first.To, first.Src, first.Dst, first.Flags, first.Seq, first.Ack, first.Len})
	assert.EqualValues(t, 5, second.Wire)
	assert.EqualValues(t, 4, second.CopyOf)
	assert.Equal(t, first.FromRow, second.FromRow, "the copy was sent with its original")
	assert.True(t, second.Forged)
	assert.EqualValues(t, 7, second.Seq)
	assert.Equal(t, "RST", second.Flags)
	assert.EqualValues(t, 300e6+100e6+1500e6, second.ArrivesAt)

	bits, raw := 0, ""
	for _, part := range first.Parts {
		bits += part.Bits
		raw += part.Bytes
	}
	assert.Equal(t, 8*25, bits, "a header of 20 bytes, and the text")
	assert.True(t, strings.HasSuffix(first.Hex, raw[len(raw)-24:]))
	assert.Len(t, first.Hex, 2*45)
	assert.True(t, strings.HasSuffix(first.Hex, "6162636465"), "abcde")
	assert.Equal(t, "sequence number", first.Parts[2].Name)
	assert.Equal(t, "101", first.Parts[2].Value)
	assert.Equal(t, "00000065", first.Parts[2].Bytes)

	p := stories.Perform(opened + ";write.A.5;hold.4;edit.4.seq.7")
	assert.EqualValues(t, 101, p.View(len(p.Rows) - 2).Air[0].Seq, "before it was changed")
	assert.False(t, p.View(len(p.Rows) - 3).Air[0].Held, "before it was held")

	p = stories.Perform(opened + ";write.A.5;lose.4")
	assert.Len(t, p.View(len(p.Rows)-2).Air, 1)
	assert.Empty(t, p.View(len(p.Rows)-1).Air)
}

// While a segment's answer is not yet told of, it is not in the air either.
func TestViewBetweenRowsOfAnEvent(t *testing.T) {
	p := stories.Perform(opened)
	for row, r := range p.Rows {
		for _, f := range p.View(row).Air {
			assert.LessOrEqual(t, f.FromRow, row)
		}
		if r.Kind == story.Arrived {
			assert.Empty(t, p.View(row).Air, "row %d", row)
		}
	}
}

func TestWhoPlays(t *testing.T) {
	_, v := last(t, "1;without.A.5;ref.A.3;mine.B.1.2;listen.B.80;without.B.3;unplug")
	assert.Equal(t, [5]string{"mine", "mine", "ref", "mine", "none"}, v.Hosts[0].Chapters)
	assert.Equal(t, [5]string{"mine", "mine", "ref", "ref", "ref"}, v.Hosts[1].Chapters, "chapter 3 stays until B reboots")
	assert.False(t, v.Hosts[0].Up)
	_, v = last(t, "1;without.A.5;ref.A.3;mine.B.1.2;listen.B.80;without.B.3;reboot.B;with.A;plug")
	assert.Equal(t, [5]string{"mine", "mine", "none", "ref", "ref"}, v.Hosts[1].Chapters)
	assert.Equal(t, [5]string{"mine", "mine", "mine", "mine", "mine"}, v.Hosts[0].Chapters)
	assert.True(t, v.Hosts[0].Up)
}

func TestTapeAndActions(t *testing.T) {
	p := stories.Perform(opened + ";close.A")
	var tape []string
	for _, s := range p.Tape {
		tape = append(tape, s.A+" "+s.B)
	}
	assert.Equal(t, []string{
		"CLOSED CLOSED", "CLOSED LISTEN", "SYN-SENT LISTEN", "SYN-SENT SYN-RECEIVED", "ESTABLISHED SYN-RECEIVED",
		"ESTABLISHED ESTABLISHED", "FIN-WAIT-1 ESTABLISHED",
	}, tape)
	require.Len(t, p.Actions, 7)
	assert.Equal(t, "close.A", p.Actions[6].Text)
	assert.Equal(t, "closes", p.Rows[p.Actions[6].Row].Says)
	assert.Len(t, p.Digest, 14, "two letters an action")
	again := stories.Perform(opened + ";abort.A")
	assert.Equal(t, p.Digest[:12], again.Digest[:12])
	assert.NotEqual(t, p.Digest[12:], again.Digest[12:])
	rest := stories.Perform("1;listen.B.80")
	assert.Nil(t, rest.Next, "nothing is under way")
}

func TestStoryInKorean(t *testing.T) {
	phrases := workbook.KitPhrases(workbook.Korean)
	for _, s := range scenario.All(story.Korean) {
		for _, o := range stories.Texts(s) {
			english := stories.Perform(o.Text)
			p := story.Perform(o.Text, story.Cast{Reference: solutions.Chapters(), Language: story.Korean})
			require.Equal(t, english.Digest, p.Digest, "the digest knows no language")
			for i, r := range p.Rows {
				was := english.Rows[i]
				if r.Kind != story.Sent && r.Kind != story.Arrived {
					require.Regexp(t, `[가-힣]`, r.Says, was.Says)
				}
				if r.Purpose == "" {
					continue
				}
				require.Regexp(t, `[가-힣]`, r.Purpose, was.Purpose)
				if known := phrases.Say(was.Purpose); known != was.Purpose {
					require.Equal(t, known, r.Purpose, "as package workbook says it")
				}
			}
			var told strings.Builder
			require.NoError(t, p.Text(&told))
			require.NotRegexp(t, `[a-z]{4,} [a-z]+ `, told.String())
		}
	}
}

// The lines between the rows are those of the picture: as many of each look.
func TestStrokes(t *testing.T) {
	for _, c := range []struct {
		then string
		want map[string]int // by look
	}{
		{"", map[string]int{"": 3}},
		{";write.A.5;lose.4;step;step", map[string]int{"": 4, "bad": 1}},
		{";write.B.5;edit.4.seq.305;step.2", map[string]int{"": 4, "forged": 1}},
		{";write.B.5;dup.4.1000;step;wait.2000", map[string]int{"": 6, "late": 1}},
		{";weather.A.damage.100;write.A.5;step", map[string]int{"": 3, "bad": 1}},
		{";without.A.5;reboot.A;connect.A.50001.80;step.3", map[string]int{"": 3, "later": 3}},
	} {
		p := stories.Perform(opened + c.then)
		require.Nil(t, p.Error)
		looks := map[string]int{}
		for _, r := range p.Rows {
			assert.Equal(t, r.FromRow >= 0, r.Stroke != nil, "%s: row %d", c.then, r.N)
			if r.Stroke != nil {
				looks[r.Stroke.Class]++
			}
		}
		assert.Equal(t, c.want, looks, c.then)
		var picture strings.Builder
		require.NoError(t, p.SVG(&picture))
		for look, n := range c.want {
			assert.Equal(t, n, strings.Count(picture.String(), `<g class="`+strings.TrimSpace("rung "+look)+`">`), "%s: %q", c.then, look)
		}
	}
}

// Something happens next as long as something is in the air, though the world may wake before
// that for a timer that was stopped.
func TestNextIsWhatCanBeSeen(t *testing.T) {
	const accident = "1;plain;isn.A.100;isn.B.300;without.A.5;listen.B.80;connect.A.50000.80;step.3;close.A;step.2;close.B;" +
		"dup.6.1500;step.2;connect.A.50000.80;step.3;write.A.5"
	for _, text := range []string{accident + ";wait.300", accident + ";step.3"} {
		p := stories.Perform(text)
		require.NotNil(t, p.Next, "the copy of the FIN is in the air")
		assert.EqualValues(t, 7, p.Next.Wire)
		assert.EqualValues(t, 2100e6, p.Next.At)
	}
	// Wherever a story stands, a step does what is next, and nothing where nothing is.
	for _, s := range scenario.All("") {
		for _, o := range stories.Texts(s) {
			p, q := stories.Perform(o.Text), stories.Perform(o.Text+";step")
			if p.Next == nil {
				assert.Len(t, q.Rows, len(p.Rows), o.Text)
				continue
			}
			require.Greater(t, len(q.Rows), len(p.Rows), o.Text)
			assert.Equal(t, p.Next.At, q.Rows[len(p.Rows)].At, o.Text)
		}
	}
}

// Before a host has heard of its peer there is nothing that its peer's numbers could be
// compared with.
func TestViewBeforeAnAnswer(t *testing.T) {
	relative := func(text string) map[string]string {
		_, v := last(t, text)
		all := make(map[string]string)
		for _, v := range v.Hosts[0].Sockets[0].Vars {
			all[v.Name] = v.Rel
		}
		return all
	}
	const sent = "1;plain;isn.A.100;isn.B.300;connect.A.50000.80"
	for _, text := range []string{sent, sent + ";step.2"} { // SYN-SENT; refused
		all := relative(text)
		assert.Equal(t, "iss", all["SND.UNA"], text)
		assert.Equal(t, "iss+1", all["SND.NXT"], text)
		for _, name := range []string{"SND.WL1", "SND.WL2", "RCV.NXT"} {
			assert.Empty(t, all[name], "%s: %s", text, name)
		}
	}
	assert.Equal(t, "iss+1", relative(opened)["SND.WL2"])
	assert.Equal(t, "irs+1", relative(opened)["RCV.NXT"])
}

// What the scenario says of chapter 2's numbers as a guard is so: they are a clock's.
func TestISNGuardIsAClock(t *testing.T) {
	s := scenario.All("")[slices.IndexFunc(scenario.All(""), func(s scenario.Scenario) bool { return s.ID == "5.1" })]
	guard := s.Without[1]
	require.Contains(t, guard.Because, "0.7 s between the two conversations that is 175 000 further")
	p := stories.Perform(guard.Text)
	for _, flags := range []string{"SYN", "SYN,ACK"} {
		var sent []story.Row
		for _, r := range p.Rows {
			if r.Kind == story.Sent && r.Flags == flags {
				sent = append(sent, r)
			}
		}
		require.Len(t, sent, 2)
		assert.EqualValues(t, 700e6, sent[1].At-sent[0].At, flags)
		assert.EqualValues(t, 175_000, sent[1].Seq-sent[0].Seq, flags)
	}

	// With TIME-WAIT in place nothing is called that its application could not call.
	for _, r := range stories.Perform(s.Without[0].Text).Rows {
		assert.NotContains(t, r.Says, "writes")
	}
}
