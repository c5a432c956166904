package life

import (
	"fmt"
	"slices"
	"time"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// stage is one of the five that a conversation goes through, each with a chapter
// of its own. 0 is before the first.
type stage int

// The stages.
const (
	socketStage stage = iota + 1
	handshakeStage
	transferStage
	teardownStage
	timeWaitStage
)

// Stages are the names of the five stages, which are those of the chapters.
var Stages = [...]string{"socket", "handshake", "transfer", "teardown", "time-wait"}

// Unknown stands for the state of an end that is not ours.
const Unknown = tcp.State(tcp.States)

// enter begins a stage, unless it has begun.
func (r *record) enter(s stage) {
	for r.stage < s {
		r.stage++
		yours := ""
		if slices.Contains(r.mine, int(r.stage)) {
			yours = ": yours"
		}
		r.append(&rung{Rung: ladder.Rung{
			Kind: ladder.Heading, At: time.Since(r.start),
			Text: fmt.Sprintf("%d %s%s", r.stage, Stages[r.stage-1], yours),
		}})
	}
}

// enterFor begins the stage that a segment about to be sent belongs to.
func (r *record) enterFor(side ladder.Side, seg *tcp.Segment) {
	switch {
	case seg.Flags.Has(tcp.FIN):
		r.enter(teardownStage)
	case len(seg.Payload) > 0:
		r.enter(transferStage)
	case seg.Flags.Has(tcp.SYN):
		if e := &r.ends[side]; e.unseen && !e.begun {
			e.begun = true
			r.happened(side, 0, fmt.Sprintf("a socket of its own, port %d", seg.Src.Port()))
		}
		r.enter(handshakeStage)
	}
}

// leaveFor begins the stage that follows a segment just sent: the last ACK of the
// teardown leaves its sender in TIME-WAIT.
func (r *record) leaveFor(side ladder.Side) {
	if r.ends[side].state == tcp.TimeWait && r.stage < timeWaitStage {
		r.enterTimeWait(side)
	}
}

func (r *record) enterTimeWait(side ladder.Side) {
	r.enter(timeWaitStage)
	r.happened(side, stack.Waits, fmt.Sprintf("waits 2MSL: %v here, really 4m", 2*r.msl))
}

// observe is told of a change of a socket.
func (r *record) observe(side ladder.Side, e stack.Event) {
	switch {
	case e.From == e.To:
		r.observeSame(side, e.TCB)
	case e.From == tcp.Listen || e.To == tcp.Listen:
		r.observeListener(side, e)
	default:
		r.observeConnection(side, e)
	}
	r.ends[side].deeds.Take(stack.Called | stack.Expired) // which no rung tells of
}

// observeSame notices when TIME-WAIT begins anew: its end has moved.
func (r *record) observeSame(side ladder.Side, b *tcp.TCB) {
	end := &r.ends[side]
	if b.State != tcp.TimeWait || b.Timers.TimeWait.Equal(end.timeWait) {
		return
	}
	end.timeWait = b.Timers.TimeWait
	r.happened(side, 0, "2MSL begin anew").Mine[side] = end.deeds.Which(stack.Took) != 0 // as the segment's rung will say
}

func (r *record) observeListener(side ladder.Side, e stack.Event) {
	if e.To == tcp.Listen {
		r.enter(socketStage)
		r.ends[side].state = tcp.Listen
		r.happened(side, stack.Made, fmt.Sprintf("Listen: a socket, port %d", e.TCB.Local.Port()))
		return
	}
	if r.ends[side].open == 0 {
		r.ends[side].state = tcp.Closed
	}
	r.ends[side].deleted = r.happened(side, stack.Called, "Close(): no listener any more")
}

func (r *record) observeConnection(side ladder.Side, e stack.Event) {
	end := &r.ends[side]
	if e.From == tcp.Closed {
		end.begun = true
		end.open++
	}
	switch e.To {
	case tcp.SynSent:
		r.enter(socketStage)
		end.state = tcp.Closed // until its SYN leaves, which is part of the same call
		r.happened(side, stack.Made, fmt.Sprintf("Dial: a socket, port %d", e.TCB.Local.Port()))
		r.enter(handshakeStage)
	case tcp.TimeWait:
		end.timeWait = e.TCB.Timers.TimeWait
	}
	end.state = e.To
	switch {
	case e.From == tcp.Closed && e.To == tcp.SynReceived:
		r.happened(side, stack.Made, "a socket for this client alone")
	case e.To == tcp.FinWait1:
		r.happened(side, stack.Called, "Close(): I have no more to say")
	case e.To == tcp.LastAck:
		r.happened(side, stack.Called, "Close(): nor have I")
	case e.To == tcp.Closed:
		end.open--
		end.deleted = r.happened(side, stack.Called|stack.Expired, r.farewell(side, e))
	}
	if e.From == tcp.Closing && e.To == tcp.TimeWait {
		r.enterTimeWait(side) // there is nothing left to send
	}
	if e.From == tcp.LastAck && e.To == tcp.Closed && r.ends[1-side].unseen {
		r.enter(timeWaitStage)
		r.happened(1-side, 0, "now in TIME-WAIT: 60s on Linux")
	}
}

// farewell says why a connection's socket is deleted.
func (r *record) farewell(side ladder.Side, e stack.Event) string {
	switch {
	case e.From == tcp.TimeWait && time.Now().Before(r.ends[side].timeWait):
		return "2MSL are not over, but the socket is deleted"
	case e.From == tcp.TimeWait:
		return "2MSL are over: the socket is deleted"
	case e.TCB.Err != nil:
		return e.TCB.Err.Error() + ": the socket is deleted"
	}
	return "the socket is deleted"
}
