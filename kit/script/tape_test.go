package script

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// recorded runs a script whose test is to fail, and returns the recording.
func recorded(t *testing.T, script func(t testing.TB)) (r story.Recording) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "recording")
	t.Setenv(workbook.RecordVariable, file)
	require.NotEmpty(t, failure(t, "TestStep2_AnswerTheSYNACK", script))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), "\n"))
	require.NoError(t, json.Unmarshal(text, &r))
	require.Len(t, r.Of, len(r.Play.Rows))
	for _, of := range r.Of {
		require.Less(t, of, len(r.Views))
	}
	return r
}

// told writes a recording down: of each row what it says, and what has changed in the socket.
func told(r *story.Recording) string {
	var b strings.Builder
	for i, row := range r.Play.Rows {
		fmt.Fprintf(&b, "%d %s %s", row.N, row.Host, row.Kind)
		if row.Wire > 0 {
			fmt.Fprintf(&b, " %d %s seq %d ack %d", row.Wire, row.Flags, row.Seq, row.Ack)
		}
		fmt.Fprintf(&b, " %q %s/%s:", row.Says, row.States.A, row.States.B)
		for _, k := range r.Views[r.Of[i]].Hosts[0].Sockets {
			for _, v := range k.Vars {
				if v.Changed && strings.HasSuffix(v.Name, ".NXT") {
					fmt.Fprintf(&b, " %s=%s", v.Name, v.Value)
				}
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestRecording(t *testing.T) {
	inChapter(t)
	r := recorded(t, func(t testing.TB) {
		s := New(t, plain(plainHandshake{synSent: acknowledgeTheSYNItself}))
		s.Connect()
		s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
		s.Send(synACK)
		s.Want("a SYN fills one sequence number", tcp.Segment{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 1})
	})
	assert.Equal(t, `0 A call "Connect(10.0.0.2:80)" SYN-SENT/SYN-RECEIVED: SND.NXT=101 RCV.NXT=0
1 A sent 1 SYN seq 100 ack 0 "asks to open; my numbers begin at 0" SYN-SENT/SYN-RECEIVED: SND.NXT=101 RCV.NXT=0
2 B arrived 1 SYN seq 100 ack 0 "asks to open; my numbers begin at 0" SYN-SENT/SYN-RECEIVED: SND.NXT=101 RCV.NXT=0
3 B sent 2 SYN,ACK seq 300 ack 101 "agrees; my numbers begin at 0, I expect your 1 next" SYN-SENT/SYN-RECEIVED: SND.NXT=101 RCV.NXT=0
4 A arrived 2 SYN,ACK seq 300 ack 101 "agrees; my numbers begin at 0, I expect your 1 next" ESTABLISHED/SYN-RECEIVED: RCV.NXT=300
5 A sent 3 ACK seq 101 ack 300 "acknowledges up to -1; room for 32768 again" ESTABLISHED/SYN-RECEIVED: RCV.NXT=300
6 B arrived 3 ACK seq 101 ack 300 "acknowledges up to -1; room for 32768 again" ESTABLISHED/SYN-RECEIVED: RCV.NXT=300
`, told(&r))
	assert.Equal(t, "TestStep2_AnswerTheSYNACK", r.Test)
	assert.Equal(t, 5, r.Failure.Row, "the wrong segment's")
	assert.Equal(t, "step 2.2: a SYN fills one sequence number", r.Failure.Lines[0])
	assert.Equal(t, []string{"Seq:     101         (iss+1)", "Ack:     301         (irs+1)", "Flags:   ACK"}, r.Failure.Wanted)
	assert.Equal(t, []string{"Seq:     101         (iss+1)", "Ack:     300         (irs)", "Flags:   ACK"}, r.Failure.Got)
}

// What passes is not recorded, and nothing is where nobody asks for it.
func TestNoRecording(t *testing.T) {
	file := filepath.Join(t.TempDir(), "recording")
	t.Setenv(workbook.RecordVariable, file)
	script := func(t testing.TB) { New(t, plain(plainHandshake{})).Connect() }
	require.Empty(t, failure(t, "TestStep2_Passes", script))
	assert.NoFileExists(t, file)
	t.Setenv(workbook.RecordVariable, "")
	require.Empty(t, failure(t, "TestStep2_Passes", func(tb testing.TB) {
		assert.Nil(t, New(tb, plain(plainHandshake{})).tape)
	}))
}

func TestRecordingOfSilence(t *testing.T) {
	r := recorded(t, func(t testing.TB) {
		s := New(t, plain(plainHandshake{}))
		s.Connect()
		s.WantSilence("it is looked at by nobody", IfSilent("so it is"))
	})
	assert.Equal(t, []string{"silence"}, r.Failure.Wanted)
	require.Len(t, r.Failure.Got, 1)

	r = recorded(t, func(t testing.TB) {
		s := InState(t, talking(), tcp.Established)
		s.Want("there is none", tcp.Segment{Flags: tcp.FIN})
	})
	last := r.Play.Rows[len(r.Play.Rows)-1]
	assert.Equal(t, story.Note, last.Kind)
	assert.Equal(t, "nothing was sent", last.Says)
	assert.Equal(t, last.N, r.Failure.Row)
	assert.Equal(t, []string{"nothing was sent"}, r.Failure.Got)
}

func TestRecordingOfATime(t *testing.T) {
	r := recorded(t, func(t testing.TB) {
		s := InState(t, talking(), tcp.Established, Change(func(b *tcp.TCB) {
			b.Timers.Retransmit = start.Add(time.Second)
		}))
		s.Elapse(2 * time.Second)
		s.Fail("enough", "want more, got this")
	})
	var kinds []string
	for _, row := range r.Play.Rows {
		kinds = append(kinds, string(row.Kind))
	}
	assert.Contains(t, kinds, "timeout")
	assert.Equal(t, []string{"more"}, r.Failure.Wanted)
}

// A long conversation loses its beginning.
func TestRecordingOfMuch(t *testing.T) {
	r := recorded(t, func(t testing.TB) {
		s := InState(t, talking(), tcp.Established, Unwatched())
		for range story.MostRows {
			s.Send(tcp.Segment{Seq: IRS + 1, Ack: ISS + 1, Flags: tcp.ACK})
		}
		s.Fail("enough", "want more, got this")
	})
	assert.Len(t, r.Play.Rows, story.MostRows)
	assert.Positive(t, r.Failure.Cut)
	assert.Equal(t, story.MostRows-1, r.Failure.Row)
	for n, row := range r.Play.Rows {
		assert.Equal(t, n, row.N)
		assert.Less(t, row.FromRow, n)
	}
}
