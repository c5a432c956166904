package storm

import (
	"fmt"
	"net/netip"
	"os"
	"strings"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// mostLines is how long a failure may be, the line that go test writes above it included.
const mostLines = 24

// says notes a call. Yours is shown; what the peer's application does is to be seen on the
// wire. What the harness does when the weather has cleared is shown only if something comes
// of it.
func (c *conversation) says(s *side, format string, args ...any) {
	c.call, c.unshown = "", ""
	call := fmt.Sprintf(format, args...)
	c.calls(s, call)
	if s != c.you {
		return
	}
	c.call = call
	if c.calm.IsZero() {
		c.tell(c.call)
	} else {
		c.unshown = c.call
	}
}

// calls has the witness, if there is one, know what is called. Only then is it said in the
// learner's language: to find that out takes longer than most calls.
func (c *conversation) calls(s *side, call string) {
	if c.witness != nil {
		c.witness.Calls(s.Host, workbook.Say(call))
	}
}

// showCall shows the call that goes on, of which something has come.
func (c *conversation) showCall() {
	if c.unshown != "" {
		what := c.unshown
		c.unshown = ""
		c.tell(what)
	}
}

// tell shows something that happened at your end.
func (c *conversation) tell(what string) {
	if c.told != nil && c.failure == nil {
		c.told.Add(ladder.Rung{
			Kind: ladder.Event, Text: what, At: c.world.Now().Sub(began), Left: c.yourState(),
			Right: c.peer.state(),
		})
	}
}

// arriving shows what is about to happen to your host, and returns the rung that shows
// it, -1 for none.
func (c *conversation) arriving(e frames.Event) int {
	if c.told == nil {
		return -1
	}
	switch {
	case e.Kind == frames.Arrive:
		seg := *e.Segment
		seg.Payload = append([]byte(nil), seg.Payload...)
		iss, irs := c.numbers(seg.Dst, seg.Src)
		c.unshown = ""
		rung := ladder.Rung{
			From: ladder.Right, At: e.At.Sub(began), Left: c.yourState(), Right: c.peer.state(),
			Segment: seg, ISS: irs, IRS: iss, Window: c.tellsWindow(seg.Window),
		}
		if c.forged {
			rung.Stranger = true
		}
		c.told.Add(rung)
	case e.Kind == frames.Timeout:
		c.unshown = "a timer expires"
		return -1
	case len(c.told.Rungs) == 0 || c.told.Rungs[len(c.told.Rungs)-1].Kind != ladder.Event:
		return -1
	}
	return len(c.told.Rungs) - 1
}

// showEvent notes what has become of your socket.
func (c *conversation) showEvent(rung int, before tcp.State) {
	if c.told == nil || c.failure != nil {
		return
	}
	if c.yourState() != before {
		c.showCall()
	}
	if rung >= 0 {
		c.told.Rungs[rung].Left = c.yourState()
	}
}

// showSent shows a segment that your host sends, and what becomes of it.
func (c *conversation) showSent(seg *tcp.Segment, weather link.Weather) {
	if c.told == nil || c.failure != nil {
		return
	}
	c.showCall()
	iss, irs := c.numbers(seg.Src, seg.Dst)
	rung := ladder.Rung{
		From: ladder.Left, At: c.world.Now().Sub(began), Left: c.yourState(),
		Right: c.peer.state(), Segment: *seg, ISS: iss, IRS: irs,
	}
	switch {
	case weather.Loss > 0:
		rung.Fate = ladder.Lost
	case weather.Duplicate > 0:
		rung.Fate = ladder.Duplicated
	}
	c.told.Add(rung)
}

// tellsWindow reports whether a window that the peer announces is another than before.
func (c *conversation) tellsWindow(window uint16) bool {
	changed := c.window != window
	c.window = window
	return changed
}

// numbers returns the initial sequence numbers of the connection between two ends, of
// which the first is yours.
func (c *conversation) numbers(local, remote netip.AddrPort) (iss, irs tcp.Seq) {
	iss, irs = c.iss, c.irs
	for b := range c.you.Sockets {
		if b.Local == local && b.Remote == remote {
			iss, irs = b.Snd.ISS, b.Rcv.IRS
		}
	}
	return iss, irs
}

// yourState is the state that the ladder shows for your end.
func (c *conversation) yourState() tcp.State { return c.you.state() }

// state is that of its newest connection; of a listener if there is none.
func (s *side) state() tcp.State {
	newest := tcp.Closed
	for i := len(s.apps) - 1; i >= 0; i-- {
		b := s.apps[i].b
		if b.Listener == nil {
			return b.State
		}
		if ready := b.Listener.Ready; len(ready) > 0 {
			return ready[len(ready)-1].State
		}
		if half := b.Listener.Half; len(half) > 0 {
			return half[len(half)-1].State
		}
		newest = b.State
	}
	return newest
}

// uponEvent names what has broken a frame.
func (c *conversation) uponEvent(e frames.Event) string {
	switch {
	case e.Kind == frames.Arrive && c.forged:
		return e.Segment.String() + ", which a stranger has sent"
	case e.Kind == frames.Arrive:
		return e.Segment.String()
	case e.Kind == frames.Timeout:
		return "a time-out"
	case e.Kind == frames.Adopt:
		return ""
	}
	return c.call
}

// message says what went wrong in a conversation, for the reader who has to mend it.
func (c *conversation) message(test string, n, all int) string {
	lines, tail := c.found(test), c.advice(test, n, all)
	c.told.Say = workbook.Say
	c.told.Rungs = c.told.Rungs[:max(c.failure.rungs, min(1, len(c.told.Rungs)))]
	if last := len(c.told.Rungs); last > 0 {
		room := mostLines - 1 - len(lines) - len(tail)
		if os.Getenv(workbook.LadderVariable) == workbook.WholeLadders {
			room = last + 1
		}
		lines = append(lines, c.told.Compact(room)...)
	}
	return strings.Join(printable(append(lines, tail...)), "\n")
}

// found says which rule was broken, and what there was instead.
func (c *conversation) found(test string) []string {
	f := c.failure
	lines := []string{workbook.Heading(test, f.says), workbook.Say(f.found)}
	if f.upon != "" {
		lines = append(lines, workbook.Upon(f.upon, "", 0))
	}
	return lines
}

// advice says what may be behind it, and how to see more.
func (c *conversation) advice(test string, n, all int) []string {
	tail := workbook.Advice(test, c.failure.likely, c.failure.see)
	storm := fmt.Sprintf("storm:  conversation %d of %d, cut down to what it takes", n+1, all)
	if step := workbook.StepOf(test); step != 0 && workbook.Folder() != "" {
		storm = fmt.Sprintf("storm:  conversation %d of %d, cut down; see it: go run ./cmd/lab show %d.%d", n+1, all, c.chapter, step)
	}
	return append(tail, workbook.Say(storm))
}

func printable(lines []string) []string {
	for i, line := range lines {
		lines[i] = workbook.Printable(line)
	}
	return lines
}

// record adds what has happened to the file that lab show has asked for, if it has.
func (c *conversation) record(test string, n, all int) error {
	if c.witness == nil {
		return nil
	}
	r := c.witness.Recording(test, story.Failure{Lines: printable(c.found(test)), Advice: printable(c.advice(test, n, all))})
	return r.AddTo(os.Getenv(workbook.RecordVariable))
}
