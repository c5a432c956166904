package life

import (
	"fmt"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// record is the ladder of one conversation in the making. It has no lock.
type record struct {
	msl      time.Duration
	start    time.Time // of the first thing that happened
	narrator ladder.Narrator
	rungs    []*rung
	ends     [2]end
	stage    stage
	mine     []int // the stages whose chapters are the learner's
	steps    int   // how often a state became known

	// With bounded, only the first rungs and the latest are kept; omitted counts
	// the segments among those that were not.
	bounded bool
	omitted int
}

// How much of a conversation is kept of which only a part is: all of an ordinary
// one, from the first SYN to the last ACK.
const (
	firstRungs  = 40
	latestRungs = 40
)

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
	begun    bool      // it has had a connection
	open     int       // connections it has
	timeWait time.Time // when its TIME-WAIT will be over

	deeds   stack.Deeds // of the learner's chapters, that no rung shows yet
	deleted *rung       // that tells that its socket is being deleted
}

// over reports whether the end has had its connection.
func (e *end) over() bool { return e.begun && e.open == 0 }

// segment adds a segment that an end sends now.
func (r *record) segment(side ladder.Side, seg *tcp.Segment) *rung {
	r.enterFor(side, seg)
	remark := r.narrator.See(seg)
	shown := *seg
	shown.Payload = blank[:len(seg.Payload)]
	shown.Options = tcp.Options{}
	added := r.add(side, ladder.Rung{
		Kind: ladder.Sent, At: time.Since(r.start), From: side,
		Segment: shown, ISS: remark.ISS, IRS: remark.IRS, Text: remark.Purpose,
		Window: remark.Window, Scale: remark.Scale,
	})
	added.Mine[side] = r.ends[side].deeds.Left(seg)
	r.leaveFor(side)
	return added
}

// did takes note of what a learner's chapter does. Of a deletion the rung is there already.
func (r *record) did(side ladder.Side, d stack.Deed, seg *tcp.Segment) {
	end := &r.ends[side]
	if d != stack.Deleted {
		end.deeds.Note(d, seg)
	} else if end.deleted != nil {
		end.deleted.Mine[side], end.deleted = true, nil
	}
}

// blank stands for the text of every segment on record: only its length is of
// interest, and the packet's memory will be used again.
var blank [65535]byte

// learn notes in a rung which state an end is in.
func (r *record) learn(at *rung, side ladder.Side) {
	r.steps++
	at.states[side], at.known[side] = r.ends[side].state, r.steps
}

// happened adds a rung for something that happened at one end, and that by any of these
// deeds.
func (r *record) happened(side ladder.Side, by stack.Deed, text string) *rung {
	added := r.add(side, ladder.Rung{Kind: ladder.Event, At: time.Since(r.start), From: side, Text: text})
	added.Mine[side] = r.ends[side].deeds.Take(by)
	return added
}

// add appends a rung that shows the state of one end.
func (r *record) add(side ladder.Side, shown ladder.Rung) *rung {
	added := &rung{Rung: shown}
	r.learn(added, side)
	r.append(added)
	return added
}

// append appends a rung. If that is one too many, the first of the latest goes.
func (r *record) append(added *rung) {
	if r.bounded && len(r.rungs) == firstRungs+latestRungs {
		if r.rungs[firstRungs].Kind == ladder.Sent {
			r.omitted++
		}
		copy(r.rungs[firstRungs:], r.rungs[firstRungs+1:])
		r.rungs = r.rungs[:len(r.rungs)-1]
	}
	r.rungs = append(r.rungs, added)
}

// diagram returns what was recorded. A rung shows which state it led an end to;
// where it does not tell, what the rungs before it told. When two segments cross,
// the earlier rung tells what happened later: then that stands, so that no end
// seems to go back.
func (r *record) diagram(left, right string) ladder.Diagram {
	d := ladder.Diagram{Left: left, Right: right}
	var states [2]tcp.State
	var known [2]int
	for i, next := range r.rungs {
		for side := range states {
			switch {
			case r.ends[side].unseen:
				states[side] = Unknown
			case next.known[side] > known[side]:
				states[side], known[side] = next.states[side], next.known[side]
			}
		}
		if i == firstRungs && r.omitted > 0 {
			d.Add(ladder.Rung{Kind: ladder.Heading, At: next.At, Text: fmt.Sprintf("… %d segments not shown …", r.omitted)})
		}
		shown := next.Rung
		shown.Left, shown.Right = states[ladder.Left], states[ladder.Right]
		d.Add(shown)
	}
	return d
}
