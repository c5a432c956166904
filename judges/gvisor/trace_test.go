package gvisor

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// traced is how many of the last segments a trace remembers.
const traced = 120

// trace remembers the last segments on a link, to show them when a test fails, and
// what the tests ask for.
type trace struct {
	mu    sync.Mutex
	begin time.Time
	rungs [traced]rung
	count int

	closed  [2]int // segments that said the window is closed, by way
	opening opening
}

// rung is one segment: its header, the length of its text, and its fate.
type rung struct {
	at      time.Time
	way     link.Way
	segment string
	fate    string
}

func newTrace() *trace { return &trace{begin: time.Now()} }

// observe is a link.Tap.
func (t *trace) observe(o link.Observation) {
	if o.Event != link.SentEvent {
		return
	}
	var seg tcp.Segment
	if tcp.Decode(o.Frame, &seg) != nil {
		return // not TCP: gVisor's neighbour discovery, for instance
	}
	r := rung{at: o.Sent, way: o.Way, segment: seg.Verbose(), fate: fateOf(o)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if seg.Window == 0 && !seg.Flags.Has(tcp.RST) {
		t.closed[o.Way]++
	}
	t.opening.add(o.Way, &seg)
	t.rungs[t.count%traced] = r
	t.count++
}

func fateOf(o link.Observation) string {
	var said []string
	for _, f := range []struct {
		met  bool
		name string
	}{
		{o.Fate != link.Carried, o.Fate.String()}, {o.Corrupted, "corrupted"},
		{o.Held, "overtaken"}, {o.Duplicate, "doubled"},
	} {
		if f.met {
			said = append(said, f.name)
		}
	}
	return strings.Join(said, ", ")
}

// String writes the segments, oldest first.
func (t *trace) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var text strings.Builder
	for i := max(0, t.count-traced); i < t.count; i++ {
		r := &t.rungs[i%traced]
		fmt.Fprintf(&text, "%9.3f ms  %s  %s  %s\n",
			float64(r.at.Sub(t.begin).Microseconds())/1000, arrow(r.way), r.segment, r.fate)
	}
	return text.String()
}

func arrow(way link.Way) string {
	if way == link.BToA {
		return "A ◀── B"
	}
	return "A ──▶ B"
}

// closedWindows returns how many segments announced a closed window.
func (t *trace) closedWindows(way link.Way) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed[way]
}
