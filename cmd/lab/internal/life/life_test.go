package life

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions"
)

// These tests run in virtual time, with the RFC's 2MSL: a run of four minutes
// takes a moment, and one that leaves a goroutine behind fails.

// options are those of a plain conversation.
func options() Options {
	return Options{Chapters: solutions.Chapters(), Path: "/lifecycle", Closer: ladder.Right, MSL: 2 * time.Minute}
}

// whole fails a test where nobody is there to run some chapter: in a workbook that was
// handed out without all solutions.
func whole(t *testing.T, chapters stack.Chapters) {
	t.Helper()
	for i, all := 0, reflect.ValueOf(chapters); i < all.NumField(); i++ {
		if all.Field(i).IsNil() {
			t.Fatalf("the test needs a solution of chapter %d, and this workbook was handed out without one", i+1)
		}
	}
}

// live runs a conversation that must come to its end.
func live(t *testing.T, o Options) *Life {
	t.Helper()
	l := attempt(t, o)
	require.NoError(t, l.err)
	return l.Life
}

// attempted is a conversation and what came of it.
type attempted struct {
	*Life
	err error
}

// attempt runs a conversation.
func attempt(t *testing.T, o Options) attempted {
	t.Helper()
	whole(t, o.Chapters)
	var a attempted
	synctest.Test(t, func(t *testing.T) { a.Life, a.err = Run(t.Context(), o) })
	require.NotNil(t, a.Life)
	return a
}

// states lists the states that an end went through.
func states(d *ladder.Diagram, side ladder.Side) []tcp.State {
	var all []tcp.State
	for _, r := range d.Rungs {
		if r.Kind == ladder.Heading {
			continue
		}
		if side == ladder.Left {
			all = append(all, r.Left)
		} else {
			all = append(all, r.Right)
		}
	}
	return slices.Compact(all)
}

// headings lists the stages with a heading.
func headings(d *ladder.Diagram) []string {
	var all []string
	for _, r := range d.Rungs {
		if r.Kind == ladder.Heading {
			all = append(all, r.Text)
		}
	}
	return all
}

// segments lists what was sent, and what became of it.
func segments(d *ladder.Diagram) []string {
	var all []string
	for _, r := range d.Rungs {
		if r.Kind != ladder.Sent {
			continue
		}
		arrow := "→"
		if r.From == ladder.Right {
			arrow = "←"
		}
		line := arrow + " " + r.Segment.Flags.String()
		if len(r.Segment.Payload) > 0 {
			line += " text"
		}
		if r.Fate != ladder.Arrives {
			line += " " + r.Fate.String()
		}
		all = append(all, line)
	}
	return all
}

var allStages = []string{"1 socket", "2 handshake", "3 transfer", "4 teardown", "5 time-wait"}

// The states of whoever opens and closes first, and of the other.
var (
	opensActively  = []tcp.State{tcp.Closed, tcp.SynSent, tcp.Established}
	opensPassively = []tcp.State{tcp.Listen, tcp.SynReceived, tcp.Established}
	closesFirst    = []tcp.State{tcp.FinWait1, tcp.FinWait2, tcp.TimeWait, tcp.Closed}
	closesSecond   = []tcp.State{tcp.CloseWait, tcp.LastAck, tcp.Closed}
)

func TestTheServerClosesFirst(t *testing.T) {
	l := live(t, options())
	assert.Equal(t, allStages, headings(&l.Diagram))
	assert.Equal(t, slices.Concat(opensActively, closesSecond), states(&l.Diagram, ladder.Left))
	assert.Equal(t, slices.Concat(opensPassively, closesFirst), states(&l.Diagram, ladder.Right))
	want := []string{
		"→ SYN", "← SYN,ACK", "→ ACK",
		"→ PSH,ACK text", "← ACK text", "← PSH,ACK text", "→ ACK",
		"← FIN,ACK", "→ ACK", "→ FIN,ACK", "← ACK",
	}
	if diff := cmp.Diff(want, segments(&l.Diagram)); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}

func TestTheClientClosesFirst(t *testing.T) {
	o := options()
	o.Closer = ladder.Left
	l := live(t, o)
	assert.Equal(t, allStages, headings(&l.Diagram))
	assert.Equal(t, slices.Concat(opensActively, closesFirst), states(&l.Diagram, ladder.Left))
	assert.Equal(t, slices.Concat(opensPassively, closesSecond), states(&l.Diagram, ladder.Right))
	sent := segments(&l.Diagram)
	assert.Equal(t, []string{"→ FIN,ACK", "← ACK", "← FIN,ACK", "→ ACK"}, sent[len(sent)-4:])
}

func TestARungShowsTheStatesItLedTo(t *testing.T) {
	l := live(t, options())
	type line struct {
		what        string
		left, right tcp.State
	}
	var got []line
	for _, r := range l.Diagram.Rungs {
		if r.Kind == ladder.Sent {
			got = append(got, line{r.Segment.Flags.String(), r.Left, r.Right})
		}
	}
	assert.Equal(t, line{"SYN", tcp.SynSent, tcp.SynReceived}, got[0])
	assert.Equal(t, line{"SYN,ACK", tcp.Established, tcp.SynReceived}, got[1])
	assert.Equal(t, line{"ACK", tcp.Established, tcp.Established}, got[2])
	end := got[len(got)-4:]
	assert.Equal(t, line{"FIN,ACK", tcp.CloseWait, tcp.FinWait1}, end[0])
	assert.Equal(t, line{"ACK", tcp.CloseWait, tcp.FinWait2}, end[1])
	assert.Equal(t, line{"FIN,ACK", tcp.LastAck, tcp.TimeWait}, end[2])
	assert.Equal(t, line{"ACK", tcp.Closed, tcp.TimeWait}, end[3])
}

// TestWindowsAreSeen where they say something: with each SYN, and with the ACK of the
// response, which the browser has read.
func TestWindowsAreSeen(t *testing.T) {
	l := live(t, options())
	var seen []string
	for _, r := range l.Diagram.Rungs {
		if r.Window {
			seen = append(seen, fmt.Sprintf("%s %d", r.Segment.Flags, int(r.Segment.Window)<<r.Scale))
		}
	}
	assert.Equal(t, []string{"SYN 4096", "SYN,ACK 4096", "ACK 4096"}, seen)
}

// TestALongPageFillsTheBuffer shows a window that shrinks, and opens when the browser
// has read.
func TestALongPageFillsTheBuffer(t *testing.T) {
	o := options()
	o.Path = "/long"
	l := live(t, o)
	smallest, opened := ReceiveBuffer, false
	for _, r := range l.Diagram.Rungs {
		if r.Window && r.From == ladder.Left {
			window := int(r.Segment.Window) << r.Scale
			opened = opened || window > smallest
			smallest = min(smallest, window)
		}
	}
	assert.Less(t, smallest, ReceiveBuffer)
	assert.True(t, opened)
}

func TestTimesAreCountedFromTheFirstEvent(t *testing.T) {
	l := live(t, options())
	rungs := l.Diagram.Rungs
	assert.Zero(t, rungs[0].At)
	for i := 1; i < len(rungs); i++ {
		assert.LessOrEqual(t, rungs[i-1].At, rungs[i].At)
		if rungs[i].Kind == ladder.Sent {
			assert.Equal(t, rungs[i].At+Delay, rungs[i].Arrived)
		}
	}
}

func TestEachLossIsMadeGood(t *testing.T) {
	for _, closer := range []ladder.Side{ladder.Left, ladder.Right} {
		for _, one := range losable {
			t.Run(fmt.Sprintf("%s/%d", one.name, closer), func(t *testing.T) {
				o := options()
				o.Closer, o.Lose = closer, Losses{one.name}
				l := live(t, o)
				assert.Equal(t, pageText("lifecycle", workbook.English), l.Page.Body)
				lost, again := 0, false
				var gone tcp.Segment
				for _, r := range l.Diagram.Rungs {
					switch {
					case r.Kind == ladder.Sent && r.Fate == ladder.Lost:
						lost++
						gone = r.Segment
					case lost > 0 && r.Kind == ladder.Sent && r.Segment.Src == gone.Src &&
						r.Segment.Seq == gone.Seq && r.Segment.Ack == gone.Ack && r.Segment.Flags == gone.Flags:
						again = true
					}
				}
				assert.Equal(t, 1, lost, "one segment was lost")
				assert.True(t, again, "it was sent again")
			})
		}
	}
}

func TestTheFINIsSeenTwice(t *testing.T) {
	o := options()
	o.Lose = Losses{"fin"}
	l := live(t, o)
	sent := segments(&l.Diagram)
	assert.Equal(t, []string{"← FIN,ACK lost", "← FIN,ACK", "→ ACK", "→ FIN,ACK", "← ACK"}, sent[len(sent)-5:])
	assert.Equal(t, slices.Concat(opensPassively, closesFirst), states(&l.Diagram, ladder.Right))
}

// TestTheLastACKIsLost is what TIME-WAIT is there for: it answers the repeated
// FIN, and begins anew.
func TestTheLastACKIsLost(t *testing.T) {
	o := options()
	o.Lose = Losses{"ack"}
	l := live(t, o)
	rungs := l.Diagram.Rungs
	anew := slices.IndexFunc(rungs, func(r ladder.Rung) bool { return r.Text == "2MSL begin anew" })
	deleted := slices.IndexFunc(rungs, func(r ladder.Rung) bool { return r.Text == "2MSL are over: the socket is deleted" })
	require.Positive(t, anew)
	require.Greater(t, deleted, anew)
	assert.Equal(t, 2*o.MSL, rungs[deleted].At-rungs[anew].At)
	assert.Equal(t, "the socket is deleted", rungs[deleted-1].Text, "the peer's, long before")
}

func TestWithoutTimeWaitTheRepeatedFINFindsNobody(t *testing.T) {
	o := options()
	o.Lose, o.MSL = Losses{"ack"}, time.Millisecond
	l := live(t, o)
	sent := segments(&l.Diagram)
	assert.Equal(t, []string{"← ACK lost", "→ FIN,ACK", "← RST"}, sent[len(sent)-3:])
}

func TestAnyWeatherIsSurvived(t *testing.T) {
	seeds := 40
	if testing.Short() {
		seeds = 8
	}
	for seed := range uint64(seeds) {
		for _, closer := range []ladder.Side{ladder.Left, ladder.Right} {
			t.Run(fmt.Sprintf("seed %d, closer %d", seed, closer), func(t *testing.T) {
				o := options()
				o.Loss, o.Seed, o.Closer, o.Path, o.Limit = 0.2, seed, closer, "/long", time.Hour
				l := live(t, o)
				assert.Equal(t, longPage(), l.Page.Body)
				last := l.Diagram.Rungs[len(l.Diagram.Rungs)-1]
				assert.Equal(t, [2]tcp.State{}, [2]tcp.State{last.Left, last.Right}, "both are closed")
				neverBack(t, states(&l.Diagram, ladder.Left)[1:])
				neverBack(t, states(&l.Diagram, ladder.Right))
			})
		}
	}
}

// neverBack asserts that an end was in no state twice.
func neverBack(t *testing.T, states []tcp.State) {
	t.Helper()
	seen := slices.Clone(states)
	slices.Sort(seen)
	assert.Len(t, slices.Compact(seen), len(states), "%v", states)
}

func TestPages(t *testing.T) {
	for _, path := range append(Paths, "/lifecycle?q=1") {
		o := options()
		o.Path = path
		l := live(t, o)
		assert.Equal(t, "200 OK", l.Page.Status, path)
		assert.NotEmpty(t, l.Page.Body, path)
	}
	o := options()
	o.Path = "/nowhere"
	l := live(t, o)
	assert.Equal(t, "404 Not Found", l.Page.Status)
	assert.Equal(t, allStages, headings(&l.Diagram), "a page that is not there has a life, too")
}

func TestTables(t *testing.T) {
	type row struct {
		host  string
		state tcp.State
	}
	l := live(t, options())
	var got [][]row
	for _, table := range l.Tables {
		rows := []row{}
		for _, h := range table.Hosts {
			for _, s := range h.Sockets {
				rows = append(rows, row{h.Host, s.State})
			}
		}
		got = append(got, rows)
	}
	assert.Equal(t, [][]row{
		{{"client", tcp.Established}, {"server", tcp.Listen}, {"server", tcp.Established}},
		{{"server", tcp.Listen}, {"server", tcp.TimeWait}},
		{},
	}, got)
}

func TestACutCableIsGivenUp(t *testing.T) {
	o := options()
	o.Loss, o.MSL = 1, time.Second
	a := attempt(t, o)
	require.ErrorIs(t, a.err, ErrLimit)
	assert.Equal(t, allStages[:2], headings(&a.Diagram))
	for _, s := range segments(&a.Diagram) {
		assert.Equal(t, "→ SYN lost", s)
	}
	assert.Greater(t, len(segments(&a.Diagram)), 3)
	assert.Empty(t, a.Page.Status)
}

func TestAnInterruptedConversationTellsWhatWasSeen(t *testing.T) {
	whole(t, options().Chapters)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		l, err := Run(ctx, options())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, allStages[:3], headings(&l.Diagram))
		assert.Equal(t, http.StatusText(http.StatusOK), l.Page.Status[4:])
	})
}

func TestImpossibleWeatherIsAnError(t *testing.T) {
	o := options()
	o.Loss = 2
	_, err := Run(t.Context(), o)
	require.Error(t, err)
}

func TestParseLosses(t *testing.T) {
	got, err := ParseLosses("fin,ack")
	require.NoError(t, err)
	assert.Equal(t, Losses{"fin", "ack"}, got)
	for _, text := range []string{"", "fins", "fin,", "fin ack"} {
		_, err := ParseLosses(text)
		assert.ErrorIs(t, err, ErrLosses, "%q", text)
	}
}

// TestPagesInEachLanguage holds the pages of both editions to one length: what a lesson says
// of a conversation is true of both then. Spaces at its end make the shorter one longer.
func TestPagesInEachLanguage(t *testing.T) {
	for _, name := range []string{"index", "lifecycle", "states"} {
		english, korean := pageText(name, workbook.English), pageText(name, workbook.Korean)
		assert.Len(t, korean, len(english), name)
		assert.NotEqual(t, english, korean, name)
	}
}
