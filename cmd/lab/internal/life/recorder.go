package life

import (
	"context"
	"sync"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// recorder makes a ladder diagram of the one conversation that crosses a link. Its
// methods may be called by several goroutines at once; they never call anything
// that could wait.
type recorder struct {
	mu       sync.Mutex
	changed  chan struct{} // closed, and made anew, whenever something has happened
	record                 // begins with the first thing that happens
	packets  [2][]*rung    // that each end sent; nil for what is no segment
	arriving [2][]*rung    // that have come to each end, and are yet to be processed
}

func newRecorder(o *Options) *recorder {
	return &recorder{record: record{msl: o.MSL, mine: o.Mine}, changed: make(chan struct{})}
}

// await waits until something is the case; done is called with the recorder
// locked. It returns the context's error when that ends before.
func (r *recorder) await(ctx context.Context, done func() bool) error {
	for {
		r.mu.Lock()
		is, changed := done(), r.changed
		r.mu.Unlock()
		if is {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// over reports whether neither end has a connection any more, as far as can be
// seen.
func (r *recorder) over() bool { return r.ends[ladder.Left].open+r.ends[ladder.Right].open == 0 }

// halfOver reports whether one end has had its connection.
func (r *recorder) halfOver() bool {
	return r.ends[ladder.Left].over() || r.ends[ladder.Right].over()
}

// lock begins a change.
func (r *recorder) lock() {
	r.mu.Lock()
	if r.start.IsZero() {
		r.start = time.Now()
	}
}

// unlock ends a change.
func (r *recorder) unlock() {
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
}

// sent is told what an end sends. Its state is the one it sends this in.
func (r *recorder) sent(side ladder.Side, frames []*link.Frame) {
	r.lock()
	defer r.unlock()
	for _, f := range frames {
		var seg tcp.Segment
		var of *rung
		if tcp.Decode(f.Data, &seg) == nil {
			of = r.segment(side, &seg)
		}
		r.packets[side] = append(r.packets[side], of)
	}
}

// carried is told by the link what becomes of a packet.
func (r *recorder) carried(seen link.Observation) {
	r.lock()
	defer r.unlock()
	from, to := seen.Way&1, 1-seen.Way&1
	of := r.packets[from][seen.Number-1]
	if seen.Event == link.ArrivedEvent {
		r.arriving[to] = append(r.arriving[to], of)
		if of != nil {
			of.Arrived = seen.Arrived.Sub(r.start)
		}
		return
	}
	if of == nil {
		return
	}
	if of.Fate = fate(&seen); of.Fate == ladder.Lost {
		r.narrator.Lost(&of.Segment)
	}
}

// fate translates the link's words into the ladder's.
func fate(seen *link.Observation) ladder.Fate {
	switch {
	case seen.Fate != link.Carried:
		return ladder.Lost
	case seen.Corrupted:
		return ladder.Corrupted
	case seen.Duplicate:
		return ladder.Duplicated
	}
	return ladder.Arrives
}

// arrives is told that an end is about to process a packet. The link has told so
// already, and more.
func (r *recorder) arrives(ladder.Side, *link.Frame) {}

// processed is told that an end has processed the packet that arrived first of
// those it has not. The state it is in now is what the segment led to.
func (r *recorder) processed(side ladder.Side) {
	r.lock()
	defer r.unlock()
	of := r.arriving[side][0]
	r.arriving[side] = r.arriving[side][1:]
	mine := r.ends[side].deeds.Take(stack.Took)
	if of != nil {
		r.learn(of, side)
		of.Mine[side] = mine
	}
}

// teller returns what is told of what the learner's chapters do at an end.
func (r *recorder) teller(side ladder.Side) func(stack.Deed, *tcp.Segment) {
	return func(d stack.Deed, seg *tcp.Segment) {
		r.lock()
		defer r.unlock()
		r.did(side, d, seg)
	}
}

// observer returns what is told of everything that happens to an end's sockets.
func (r *recorder) observer(side ladder.Side) func(time.Time, stack.Event) {
	return func(now time.Time, e stack.Event) {
		r.lock()
		defer r.unlock()
		r.observe(side, e)
	}
}

// diagram returns what was recorded.
func (r *recorder) diagram(left, right string) ladder.Diagram {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.record.diagram(left, right)
}
