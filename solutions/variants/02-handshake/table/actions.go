package handshake

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// refuse tells the sender that what it acknowledges is not ours.
func (e event) refuse() {
	e.Emit(tcp.Segment{Seq: e.seg.Ack, Flags: tcp.RST})
}

// refused ends a connection that the peer will not have.
func (e event) refused() {
	if !e.Passive {
		e.Err = syscall.ECONNREFUSED
	}
	e.State = tcp.Closed
}

// challenge says where we stand, to whoever it may be.
func (e event) challenge() {
	if e.AllowChallenge(e.now) {
		e.acknowledge()
	}
}

func (e event) acknowledge() {
	e.Emit(tcp.Segment{Seq: e.Snd.Nxt, Ack: e.Rcv.Nxt, Flags: tcp.ACK})
}

// answer sends our SYN,ACK.
func (e event) answer() { greet(e.TCB, tcp.SYN|tcp.ACK) }

// cross takes a SYN that crossed ours.
func (e event) cross() {
	learn(e.TCB, e.seg, e.now)
	e.State = tcp.SynReceived
	e.answer()
	e.Timers.Retransmit = e.now.Add(e.RTO.Value)
}

// connect takes the SYN,ACK.
func (e event) connect() {
	learn(e.TCB, e.seg, e.now)
	e.open()
	e.acknowledge()
}

// confirm takes the SYN,ACK of a simultaneous open.
func (e event) confirm() {
	e.open()
	e.acknowledge()
}

// open makes the connection ESTABLISHED.
func (e event) open() {
	lost := e.RTO.Attempts > 0
	e.State = tcp.Established
	e.Snd.Una = e.seg.Ack
	e.Timers.Retransmit = time.Time{}
	e.RTO.Attempts = 0
	if lost {
		e.RTO.Value = max(3*time.Second, e.Config.InitialRTO)
		e.Congestion.Window = uint32(e.Snd.MSS)
	}
	takeWindow(e.TCB, e.seg)
}

// learn notes what the peer's SYN says.
func learn(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	b.Rcv.IRS, b.Rcv.Nxt = seg.Seq, seg.Seq+1
	agree(b, &seg.Options, now)
	takeWindow(b, seg)
}

// takeWindow takes the window of seg, which a SYN does not scale.
func takeWindow(b *tcp.TCB, seg *tcp.Segment) {
	shift := b.Snd.Scale
	if seg.Flags.Has(tcp.SYN) {
		shift = 0
	}
	b.Snd.Wnd = uint32(seg.Window) << shift
	b.Snd.MaxWnd = max(b.Snd.MaxWnd, b.Snd.Wnd)
	b.Snd.Wl1, b.Snd.Wl2 = seg.Seq, seg.Ack
}
