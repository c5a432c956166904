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

	windows [2]window // by way
	opening opening
}

// window is what a trace keeps of the window that one end's segments announce.
type window struct {
	closed bool
	ack    tcp.Seq // what the segment that closed it acknowledges

	probed   bool // the other end has sent a probe since
	answered int  // probes that found the window still closed
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
	t.windows[1-o.Way].probe(&seg)
	if !seg.Flags.Has(tcp.RST) {
		t.windows[o.Way].announce(&seg)
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

// announce is told of each segment that announces the window.
func (w *window) announce(seg *tcp.Segment) {
	again := w.closed && seg.Window == 0 && seg.Ack == w.ack
	if again && w.probed {
		w.answered++
	}
	w.closed, w.ack = seg.Window == 0, seg.Ack
	w.probed = w.probed && again
}

// probe is told of each segment of the other end. What it sent before it heard that
// the window is closed ends where the window does. A probe is text beyond that, as in
// RFC 9293 §3.8.6.1, or the last byte before it once more, as gVisor has it.
func (w *window) probe(seg *tcp.Segment) {
	if w.closed && len(seg.Payload) > 0 && !seg.Seq.Less(w.ack.Add(-1)) {
		w.probed = true
	}
}

// probesAnswered returns how many probes found the window of the end whose segments go
// that way still closed.
func (t *trace) probesAnswered(way link.Way) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.windows[way].answered
}
