package solutions_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
	"tcpworkbook/solutions/internal/stories"
)

var updateStories = flag.Bool("update-stories", false, "write the golden files of the scenarios anew")

// Each scenario, and what differs from it in one thing, is told as it was: by its ladder,
// and by a sum of all its rows and views.
func TestScenariosAsTheyWere(t *testing.T) {
	for _, s := range scenario.All("") {
		var told strings.Builder
		require.NoError(t, stories.Tell(&told, s))
		path := filepath.Join("testdata", "stories", s.ID+".txt")
		if *updateStories {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(told.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(told.String(), "\n")); d != "" {
			t.Errorf("%s, which go test ./solutions -run %s -update-stories writes anew (-want +got):\n%s", path, t.Name(), d)
		}
	}
}

// A text plays the same story each time, to the last byte of the last view.
func TestStoriesRepeatThemselves(t *testing.T) {
	for _, s := range scenario.All("") {
		for _, o := range stories.Texts(s) {
			first := stories.Perform(o.Text)
			rows, views := encoded(t, first), stories.Everything(first)
			for range 20 {
				require.Equal(t, rows, encoded(t, stories.Perform(o.Text)), o.Text)
			}
			require.Equal(t, views, stories.Everything(stories.Perform(o.Text)), o.Text)
		}
	}
}

func encoded(t *testing.T, p *story.Play) string {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	return string(text)
}

// Links that people have sent to each other play what they played then. Add to the file,
// and change nothing in it: a line that does not hold any more means that the version of
// the language has to change, or that TCP does something else on purpose.
func TestOldLinksKeepWorking(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "stories", "links"))
	require.NoError(t, err)
	links := 0
	for link := range strings.Lines(string(text)) {
		if link = strings.TrimSpace(link); link == "" || link[0] == '#' {
			continue
		}
		links++
		s, err := story.Parse(link)
		require.NoError(t, err, link)
		assert.Equal(t, link, s.String(), "is written as it was")
		p := story.PerformStory(s, story.Cast{Reference: solutions.Chapters()})
		assert.True(t, p.OK, link)
		assert.Equal(t, s.Digest, p.Digest, link)
	}
	assert.Greater(t, links, 30)
}

// The accident needs all three guards to be away: TIME-WAIT, numbers that are not the same
// each time, and timestamps. Any one of them is enough, and so is one host's number.
func TestTheLateFIN(t *testing.T) {
	const plain, then = "1;plain", ";listen.B.80;connect.A.50000.80;step.3;close.A;step.2;close.B;" +
		"dup.6.1500;step.2;connect.A.50000.80;step.3;write.A.5;wait.300"
	guards := map[string][2]string{ // away, and back
		"chapter 5":  {";without.A.5", ""},
		"A's ISN":    {";isn.A.100", ""},
		"B's ISN":    {";isn.B.300", ""},
		"timestamps": {"", ";timestamps.1"},
	}
	names := []string{"chapter 5", "A's ISN", "B's ISN", "timestamps"}
	for in := range 1 << len(names) {
		setup, with := plain, []string{}
		for i, name := range names {
			back := in >> i & 1
			if setup += guards[name][back]; back == 1 {
				with = append(with, name)
			}
		}
		t.Run(fmt.Sprint(with), func(t *testing.T) {
			p := stories.Perform(setup + then)
			require.True(t, p.OK)
			again := slices.IndexFunc(p.Rows, func(r story.Row) bool { return r.Kind == story.Called && r.Says == "writes 5 bytes" })
			require.Positive(t, again)
			switch {
			case slices.Contains(with, "chapter 5"):
				assert.Equal(t, "TIME-WAIT", p.Rows[again].States.A)
				assert.True(t, slices.ContainsFunc(p.Rows, func(r story.Row) bool {
					return r.Kind == story.Called && r.Error == "these two ends are not free yet"
				}), "Connect is refused")
			default:
				assert.Equal(t, story.Pair[string]{A: "ESTABLISHED", B: "ESTABLISHED"}, p.Rows[again].States, "a new conversation")
			}
			p = stories.Perform(setup + then + ";step.2") // the copy comes, and is answered
			came := slices.IndexFunc(p.Rows, func(r story.Row) bool { return r.Kind == story.Arrived && r.Wire == 7 })
			require.Positive(t, came)
			want := "CLOSE-WAIT"
			switch {
			case slices.Contains(with, "chapter 5"):
				want = "TIME-WAIT"
			case len(with) > 0:
				want = "ESTABLISHED"
			}
			assert.Equal(t, want, p.Rows[came].States.A)
			require.Greater(t, len(p.Rows), came+1, "it is answered in any case")
			assert.Equal(t, "ACK", p.Rows[came+1].Flags)
		})
	}
}

// TestBets holds the right answer of each bet against what happens after it.
func TestBets(t *testing.T) {
	type fact = func(r story.Row) bool
	sent := func(host, flags string, more fact) fact {
		return func(r story.Row) bool {
			return r.Kind == story.Sent && r.Host == host && r.Flags == flags && more(r)
		}
	}
	anything := func(story.Row) bool { return true }
	at := func(seconds float64) fact { return func(r story.Row) bool { return float64(r.At) == seconds*1e9 } }
	states := func(a, b string) fact {
		return func(r story.Row) bool { return r.States == story.Pair[string]{A: a, B: b} }
	}
	facts := map[string][]fact{ // each is true of a row after the bet
		"1.1": {sent("B", "RST,ACK", func(r story.Row) bool { return r.Ack == 101 })},
		"1.2": {func(r story.Row) bool { return r.Kind == story.Arrived && r.Len == 3 && r.Sockets.B == 3 }},
		"2.1": {sent("A", "PSH,ACK", states("ESTABLISHED", "SYN-RECEIVED"))},
		"2.2": {sent("A", "SYN", at(3))},
		"2.3": {states("ESTABLISHED", "ESTABLISHED")},
		"2.4": {states("ESTABLISHED", "ESTABLISHED")},
		"2.5": {sent("B", "SYN,ACK", at(1.1)), states("ESTABLISHED", "ESTABLISHED")},
		"3.1": {sent("A", "ACK", func(r story.Row) bool { return r.Seq == 701 && r.At == 1.1e9 })},
		"3.2": {sent("A", "ACK", func(r story.Row) bool { return r.Len == 1 && r.Purpose == "zero-window probe: is there room now?" })},
		"3.3": {
			sent("B", "ACK", func(r story.Row) bool { return r.Ack == 101 }),
			sent("B", "ACK", func(r story.Row) bool { return r.Ack == 401 }),
		},
		"3.4": {sent("A", "PSH,ACK", at(0.045))}, // 42 ms after the first
		"4.1": {states("TIME-WAIT", "CLOSED")},
		"4.2": {sent("A", "FIN,ACK", at(1.3))},
		"4.3": {states("CLOSING", "CLOSING"), states("TIME-WAIT", "TIME-WAIT")},
		"4.4": {func(r story.Row) bool { return r.Says == "reads 500 bytes" && r.States.A == "FIN-WAIT-2" }},
		"4.5": {
			func(r story.Row) bool { return r.Kind == story.Arrived && r.Wire == 4 && r.States.B == "ESTABLISHED" },
			func(r story.Row) bool { return r.Kind == story.Arrived && r.Wire == 5 && r.States.B == "ESTABLISHED" },
			func(r story.Row) bool { return r.Kind == story.Arrived && r.Wire == 6 && r.States.B == "CLOSED" },
		},
		"4.6": {sent("B", "RST", anything), states("CLOSED", "CLOSED")},
		"5.1": {states("CLOSE-WAIT", "ESTABLISHED"), func(r story.Row) bool { return r.Says == "reads: the end of the stream" }},
		"5.2": {sent("A", "ACK", func(r story.Row) bool { return r.Purpose == "acknowledges the FIN again" }), func(r story.Row) bool {
			return r.Kind == story.TimedOut && r.Host == "A" && r.At == 241.6e9 // 4 minutes after the second FIN
		}},
		"5.3": {func(r story.Row) bool {
			return r.Flags == "RST" && r.Kind == story.Arrived && r.States.A == "TIME-WAIT"
		}},
		"5.4": {states("ESTABLISHED", "SYN-RECEIVED"), sent("B", "SYN,ACK", func(r story.Row) bool { return r.Seq == 65838 })},
		"5.5": {
			func(r story.Row) bool { return r.Kind == story.Called && r.Error == "these two ends are not free yet" },
			states("ESTABLISHED", "ESTABLISHED"),
		},
	}
	for _, s := range scenario.All("") {
		if len(s.Bet.Choices) == 0 {
			continue
		}
		p := stories.Perform(s.Text)
		require.True(t, p.OK, s.ID)
		require.NotEmpty(t, facts[s.ID], s.ID)
		before, after := p.Rows[:p.Actions[s.Start].Row], p.Rows[p.Actions[s.Start].Row:]
		given := 0
		for i, is := range facts[s.ID] {
			assert.True(t, slices.ContainsFunc(after, is), "%s: fact %d does not come about", s.ID, i+1)
			if slices.ContainsFunc(before, is) {
				given++
			}
		}
		assert.Less(t, given, len(facts[s.ID]), "%s: its answer is seen before the bet", s.ID)
	}
}

// TestScenarioTexts looks at what there is of each scenario in each language.
func TestScenarioTexts(t *testing.T) {
	english, korean := scenario.All(""), scenario.All(story.Korean)
	require.Equal(t, len(english), len(korean))
	seen := map[string]bool{}
	step := regexp.MustCompile(`^([1-5])\.(\d+)$`)
	for i, s := range english {
		assert.False(t, seen[s.ID], "%s is there twice", s.ID)
		seen[s.ID] = true
		k := korean[i]
		assert.Equal(t, []any{s.ID, s.Step, s.Text, s.Start, len(s.Tries), len(s.Without)},
			[]any{k.ID, k.Step, k.Text, k.Start, len(k.Tries), len(k.Without)})
		for _, one := range []scenario.Scenario{s, k} {
			assert.NotEmpty(t, one.Title, s.ID)
			assert.NotEmpty(t, one.Question, s.ID)
			assert.NotEmpty(t, one.Tries, s.ID)
			assert.Equal(t, len(one.Bet.Choices) > 0, one.Bet.Asks != "" && one.Bet.Because != "", s.ID)
			assert.NotContains(t, one.Tries, "")
			assert.NotContains(t, one.Bet.Choices, "")
			if n := len(one.Bet.Choices); n > 0 {
				assert.Less(t, one.Bet.Right, n, s.ID)
				assert.NotEmpty(t, one.Without, s.ID)
			}
		}
		if s.Step != "" {
			m := step.FindStringSubmatch(s.Step)
			require.NotNil(t, m, s.ID)
			editions, err := filepath.Glob("../chapters/0" + m[1] + "-*/README*.md")
			require.NoError(t, err)
			require.Len(t, editions, 2)
			for _, lesson := range editions {
				assert.Contains(t, stepOf(t, lesson, m[2]), "`go run ./cmd/lab play "+s.ID+"`", "%s: step %s", lesson, s.Step)
			}
		}
		for _, o := range stories.Texts(s) {
			p := stories.Perform(o.Text)
			assert.True(t, p.OK, o.Text)
			parsed, err := story.Parse(o.Text)
			require.NoError(t, err)
			assert.Equal(t, o.Text, parsed.String(), "is written as String writes it")
			for _, r := range p.Rows {
				if r.Error != "" && r.Kind != story.Called {
					t.Errorf("%s: %s: %s: %s", s.ID, o.Says, r.Says, r.Error)
				}
			}
		}
	}
	assert.Len(t, seen, 27)
}

// stepOf returns a step of a lesson: from its heading to the next.
func stepOf(t *testing.T, lesson, step string) string {
	t.Helper()
	text, err := os.ReadFile(lesson)
	require.NoError(t, err)
	for section := range strings.SplitSeq(string(text), "\n## ") {
		if strings.HasPrefix(section, "Step "+step+":") || strings.HasPrefix(section, "단계 "+step+":") {
			return section
		}
	}
	require.Fail(t, "there is no such step", "%s, step %s", lesson, step)
	return ""
}

func TestPuzzles(t *testing.T) {
	answers := map[string]string{
		"P1": ";lose.6;step;lose.7;step;lose.8;wait.3500",
		"P2": ";inject.B.flags.rst.seq.4000000501;step",
		"P3": ";close.A;close.B;step.4",
		"P4": ";slow.4.2000;step.2",
	}
	for _, s := range scenario.All("") {
		if !s.Puzzle {
			continue
		}
		answer := answers[s.ID]
		require.NotEmpty(t, answer, s.ID)
		check := func(text string) (bool, string) { return scenario.Check(s.ID, stories.Perform(text), "") }
		solved, says := check(s.Text + answer)
		assert.True(t, solved, "%s: %s", s.ID, says)
		assert.Empty(t, says)
		solved, says = check(s.Text)
		assert.False(t, solved, s.ID)
		assert.Empty(t, says)
		solved, _ = check(s.Text + ";wait.10000;step.9")
		assert.False(t, solved, "%s solves itself", s.ID)
		for _, cheat := range []string{s.Text + ";reboot.B" + answer, "1;step" + answer, answer[1:]} {
			solved, says = check(cheat)
			assert.False(t, solved, cheat)
			assert.NotEmpty(t, says, cheat)
		}
		solved, says = check(s.Text + answer + strings.Repeat(";"+s.Allowed[0]+map[string]string{
			"lose": ".1", "inject": ".B.flags.syn", "close": ".A", "slow": ".1.1"}[s.Allowed[0]], 3))
		assert.False(t, solved, s.ID)
		assert.Equal(t, "that was too often", says, s.ID)
	}
	_, says := scenario.Check("P99", stories.Perform("1"), "")
	assert.NotEmpty(t, says)
}

// What is told under WebAssembly is what is told here, to the byte.
func TestStoriesInWebAssembly(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for another architecture")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node to run WebAssembly with")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	runner := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec")
	if _, err := os.Stat(runner); err != nil {
		t.Skip("this Go has no lib/wasm/go_js_wasm_exec: ", err)
	}
	program := filepath.Join(t.TempDir(), "print.wasm")
	build := exec.Command("go", "build", "-o", program, "./internal/stories/print")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.Command(runner, program)
	var problems bytes.Buffer
	run.Stderr = &problems
	got, err := run.Output()
	require.NoError(t, err, problems.String())
	var want strings.Builder
	for _, s := range scenario.All("") {
		require.NoError(t, stories.Tell(&want, s))
	}
	if d := cmp.Diff(strings.Split(want.String(), "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("(-native +wasm):\n%s", d)
	}
}

func TestWhatComesBeforeAnErrorIsPlayed(t *testing.T) {
	p := stories.Perform("1;listen.B.80;connect.A.50000.80;jump;step")
	assert.False(t, p.OK)
	require.NotNil(t, p.Error)
	assert.Equal(t, 2, p.Error.Action)
	assert.Equal(t, "jump", p.Error.Verb)
	assert.Len(t, p.Actions, 2)
	assert.Equal(t, "SYN-SENT", p.Rows[len(p.Rows)-1].States.A)

	p = story.Perform("1;step;jump", story.Cast{Language: story.Korean})
	assert.Contains(t, p.Error.Says, "없습니다")
}

// What cannot be done is a row of its own, and the story goes on.
func TestWhatCannotBeDone(t *testing.T) {
	const open = "1;plain;listen.B.80;connect.A.50000.80;"
	for then, why := range map[string]string{
		"lose.9":                    "packet 9 is not in the air",
		"step;now.1":                "packet 1 is not in the air",
		"write.B.5":                 "B has no such connection",
		"accept.A":                  "A has no such listening socket",
		"close.A.7":                 "A has no such connection",
		"halfclose.B.1":             "socket 1 of B listens: it is no connection",
		"step;write.B.5":            "socket 2 of B is not open yet, and nobody could accept it",
		"connect.A.50000.80":        "these two ends are not free yet",
		"step.2;reboot.A;write.A.5": "socket 1 of A is gone: its host was rebooted",
		"listen.B.80":               "address already in use",
		"abort.A;write.A.5":         "the socket is closed",
	} {
		p := stories.Perform(open + then + ";step")
		require.True(t, p.OK, then)
		last := p.Actions[len(p.Actions)-1].Row - 1
		assert.Equal(t, why, p.Rows[last].Error, then)
	}
}

// panics is a chapter 3 that does not survive its first text.
type panics struct{ stack.Transfer }

func (p panics) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if len(seg.Payload) > 0 {
		panic("no")
	}
	p.Transfer.Receive(b, seg, now)
}

// A chapter's panic ends the story, and what came before it is told.
func TestPanicOfAChapter(t *testing.T) {
	cast := story.Cast{Reference: solutions.Chapters()}
	cast.Mine.Transfer = panics{cast.Reference.Transfer}
	p := story.Perform("1;listen.A.80;connect.B.50000.80;step.3;write.B.5;step;step", cast)
	require.NotNil(t, p.Error)
	assert.Equal(t, 4, p.Error.Action)
	assert.Contains(t, p.Error.Says, "panic: no")
	assert.Equal(t, story.Arrived, p.Rows[len(p.Rows)-1].Kind)
	assert.NotEmpty(t, p.View(len(p.Rows) - 1).Hosts[0].Sockets)

	p = story.Perform("1;mine.B;ref.A;listen.A.80;connect.B.50000.80;step.3;write.B.5;step;step", cast)
	assert.Nil(t, p.Error, "B does not receive anything")
}

// echoes answers each segment for nobody with one more.
type echoes struct{ stack.Socket }

func (echoes) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	return tcp.Segment{Flags: tcp.ACK, Seq: seg.Seq + 1}, true
}

// What does not end is ended.
func TestBounds(t *testing.T) {
	cast := story.Cast{Reference: solutions.Chapters()}
	cast.Reference.Socket = echoes{cast.Reference.Socket}
	p := story.Perform("1;weather.delay.0;inject.A.flags.ack.from.1.to.2;wait.1", cast)
	require.NotNil(t, p.Error)
	assert.Contains(t, p.Error.Says, "more than 5000 packets")
	assert.Equal(t, 2, p.Error.Action)

	p = stories.Perform("1" + strings.Repeat(";wait.86400000", 31))
	require.NotNil(t, p.Error)
	assert.Contains(t, p.Error.Says, "30 days")

	flood := ";listen.B.80.128"
	for port := range 3 {
		flood += fmt.Sprintf(";inject.B.flags.syn.to.80.from.%d.strangers.200;wait.1000", port+1)
	}
	p = stories.Perform("1" + flood)
	require.NotNil(t, p.Error)
	assert.Contains(t, p.Error.Says, "B has more than 300 sockets")

	p = stories.Perform("1;listen.B.80;connect.A.50000.80;step.3" + strings.Repeat(";write.A.1048576", 17))
	require.NotNil(t, p.Error)
	assert.Contains(t, p.Error.Says, "bytes were written")
}
