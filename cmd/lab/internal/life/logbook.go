package life

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// logbook keeps a record of each of a server's connections, as it is seen from
// the server's end of the link. However long it runs, it takes no more memory: of
// a connection that says much a part is kept, and of many connections those that
// most recently said something, or were looked at. Its methods may be called by
// several goroutines at once; they never call anything that could wait.
type logbook struct {
	msl time.Duration

	mu      sync.Mutex
	last    int      // the latest connection's number
	entries []*entry // the most recently used last
	packet  packet   // that the server is processing
}

// mostEntries is how many connections a logbook keeps.
const mostEntries = 64

// entry is what a logbook knows of a connection.
type entry struct {
	number int           // from 1, in the order in which connections were made
	tuple  tcp.FourTuple // Local is the server's
	record
}

// packet is a packet that has arrived and what is on record of it.
type packet struct {
	segment tcp.Segment
	entry   *entry // nil when it is not on record
	rung    *rung
}

func newLogbook(msl time.Duration) *logbook { return &logbook{msl: msl} }

// find returns the latest connection between two ends; nil when none is on record.
func (l *logbook) find(tuple tcp.FourTuple) *entry {
	var latest *entry
	for _, e := range l.entries {
		if e.tuple == tuple && (latest == nil || latest.number < e.number) {
			latest = e
		}
	}
	return latest
}

// use notes that an entry was used.
func (l *logbook) use(e *entry) {
	i := slices.Index(l.entries, e)
	l.entries = append(slices.Delete(l.entries, i, i+1), e)
}

// open begins the record of a connection, and forgets another when there are too
// many.
func (l *logbook) open(tuple tcp.FourTuple) *entry {
	l.last++
	e := &entry{number: l.last, tuple: tuple, record: record{msl: l.msl, start: time.Now(), bounded: true}}
	e.ends[ladder.Left].unseen = true
	e.ends[ladder.Right].state = tcp.Listen
	if len(l.entries) == mostEntries {
		l.entries = slices.Delete(l.entries, 0, 1)
	}
	l.entries = append(l.entries, e)
	return e
}

// arrives is told that the server is about to process a packet. A SYN for which
// there is no connection yet is put on record when there is one.
func (l *logbook) arrives(_ ladder.Side, f *link.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.packet = packet{}
	seg := &l.packet.segment
	if tcp.Decode(f.Data, seg) != nil {
		return
	}
	e := l.find(tcp.FourTuple{Local: seg.Dst, Remote: seg.Src})
	if e == nil || e.ends[ladder.Right].over() && seg.Flags.Has(tcp.SYN) {
		return
	}
	l.put(e)
}

// put puts the packet that is being processed on a connection's record.
func (l *logbook) put(e *entry) {
	l.use(e)
	l.packet.entry, l.packet.rung = e, e.segment(ladder.Left, &l.packet.segment)
}

// processed is told that the server has processed the packet.
func (l *logbook) processed(ladder.Side) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.packet.entry; e != nil {
		e.learn(l.packet.rung, ladder.Right)
	}
	l.packet = packet{} // its memory will be used again
}

// sent is told what the server sends.
func (l *logbook) sent(_ ladder.Side, frames []*link.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range frames {
		var seg tcp.Segment
		if tcp.Decode(f.Data, &seg) != nil {
			continue
		}
		if e := l.find(tcp.FourTuple{Local: seg.Src, Remote: seg.Dst}); e != nil {
			l.use(e)
			e.segment(ladder.Right, &seg)
		}
	}
}

// observe is told of everything that happens to the server's sockets.
func (l *logbook) observe(_ time.Time, happened stack.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tuple := happened.TCB.Tuple()
	var e *entry
	switch {
	case happened.From == tcp.Listen || happened.To == tcp.Listen:
		return
	case happened.From == tcp.Closed:
		e = l.open(tuple)
		l.begin(e)
	default:
		e = l.find(tuple)
	}
	if e != nil {
		e.observe(ladder.Right, happened)
	}
}

// begin puts on record what was before a connection: somebody listened, and its
// SYN arrived.
func (l *logbook) begin(e *entry) {
	e.enter(socketStage)
	e.happened(ladder.Right, 0, fmt.Sprintf("a listener waits, port %d", e.tuple.Local.Port()))
	if syn := &l.packet.segment; syn.Flags.Has(tcp.SYN) && syn.Src == e.tuple.Remote && syn.Dst == e.tuple.Local {
		l.put(e)
	}
}

// number returns the number of the latest connection between two ends; 0 when
// none is on record.
func (l *logbook) number(tuple tcp.FourTuple) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.find(tuple); e != nil {
		return e.number
	}
	return 0
}

// look returns a connection's ends and its ladder; false when it is not on
// record.
func (l *logbook) look(number int) (tuple tcp.FourTuple, d ladder.Diagram, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.entries, func(e *entry) bool { return e.number == number })
	if i < 0 {
		return tuple, d, false
	}
	e := l.entries[i]
	l.use(e)
	return e.tuple, e.diagram("kernel", "server"), true
}
