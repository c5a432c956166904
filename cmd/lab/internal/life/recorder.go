package life

import (
	"bytes"
	"context"
	"sync"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// recorder makes a ladder diagram of what it is told. Its methods may be called
// by several goroutines at once; they never call anything that could wait.
type recorder struct {
	msl time.Duration

	mu       sync.Mutex
	changed  chan struct{} // closed, and made anew, whenever something has happened
	start    time.Time     // of the first thing that happened
	narrator ladder.Narrator
	rungs    []rung
	ends     [2]end
	stage    stage
	steps    int // how often a state became known
}

// rung is a rung of the ladder that may still be waiting for its end.
type rung struct {
	ladder.Rung
	states [2]tcp.State // of the ends after this rung
	known  [2]int       // when each of them became known, counted in steps; 0 when this rung does not tell
}

// end is what is known of one of the two ends.
type end struct {
	unseen   bool // it is not ours, so nobody tells its states
	state    tcp.State
	sent     []int     // the rung of each packet it sent; noRung for what is no segment
	arriving []int     // the rungs of the packets that have arrived and are yet to be processed
	begun    bool      // it has had a connection
	open     int       // connections it has
	timeWait time.Time // when its TIME-WAIT will be over
}

const noRung = -1

func newRecorder(o *Options) *recorder {
	return &recorder{msl: o.MSL, changed: make(chan struct{})}
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
	gone := func(e *end) bool { return e.begun && e.open == 0 }
	return gone(&r.ends[ladder.Left]) || gone(&r.ends[ladder.Right])
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
	from := &r.ends[side]
	for _, f := range frames {
		var seg tcp.Segment
		if tcp.Decode(f.Data, &seg) != nil {
			from.sent = append(from.sent, noRung)
			continue
		}
		r.enterFor(side, &seg)
		remark := r.narrator.See(&seg)
		seg.Payload = bytes.Clone(seg.Payload) // the packet's memory will be used again
		seg.Options = tcp.Options{}
		from.sent = append(from.sent, len(r.rungs))
		r.add(side, ladder.Rung{
			Kind: ladder.Sent, At: time.Since(r.start), From: side,
			Segment: seg, ISS: remark.ISS, IRS: remark.IRS, Text: remark.Purpose,
		})
		r.leaveFor(side, &seg)
	}
}

// carried is told by the link what becomes of a packet.
func (r *recorder) carried(seen link.Observation) {
	r.lock()
	defer r.unlock()
	from, to := &r.ends[seen.Way&1], &r.ends[1-seen.Way&1]
	index := from.sent[seen.Number-1]
	if seen.Event == link.ArrivedEvent {
		to.arriving = append(to.arriving, index)
		if index != noRung {
			r.rungs[index].Arrived = seen.Arrived.Sub(r.start)
		}
		return
	}
	if index != noRung {
		r.rungs[index].Fate = fate(&seen)
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

// processed is told that an end has processed the packet that arrived first of
// those it has not. The state it is in now is what the segment led to.
func (r *recorder) processed(side ladder.Side) {
	r.lock()
	defer r.unlock()
	e := &r.ends[side]
	index := e.arriving[0]
	e.arriving = e.arriving[1:]
	if index != noRung {
		r.learn(&r.rungs[index], side)
	}
}

// learn notes in a rung which state an end is in.
func (r *recorder) learn(at *rung, side ladder.Side) {
	r.steps++
	at.states[side], at.known[side] = r.ends[side].state, r.steps
}

// observer returns what is told of everything that happens to an end's sockets.
func (r *recorder) observer(side ladder.Side) func(time.Time, stack.Event) {
	return func(now time.Time, e stack.Event) {
		r.lock()
		defer r.unlock()
		r.observe(side, e)
	}
}

// happened adds a rung for something that happened at one end.
func (r *recorder) happened(side ladder.Side, text string) {
	r.add(side, ladder.Rung{Kind: ladder.Event, At: time.Since(r.start), From: side, Text: text})
}

// add appends a rung that shows the state of one end.
func (r *recorder) add(side ladder.Side, shown ladder.Rung) {
	next := rung{Rung: shown}
	r.learn(&next, side)
	r.rungs = append(r.rungs, next)
}

// diagram returns what was recorded. A rung shows which state it led an end to;
// where it does not tell, what the rungs before it told. When two segments cross,
// the earlier rung tells what happened later: then that stands, so that no end
// seems to go back.
func (r *recorder) diagram(left, right string) ladder.Diagram {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := ladder.Diagram{Left: left, Right: right}
	var states [2]tcp.State
	var known [2]int
	for i := range r.rungs {
		next := r.rungs[i]
		for side := range states {
			switch {
			case r.ends[side].unseen:
				states[side] = Unknown
			case next.known[side] > known[side]:
				states[side], known[side] = next.states[side], next.known[side]
			}
		}
		next.Left, next.Right = states[ladder.Left], states[ladder.Right]
		d.Add(next.Rung)
	}
	return d
}
