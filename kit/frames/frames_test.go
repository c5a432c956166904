package frames

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

const (
	iss tcp.Seq = 100
	irs tcp.Seq = 300
)

var (
	now   = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	here  = netip.MustParseAddrPort("10.0.0.1:50000")
	there = netip.MustParseAddrPort("10.0.0.2:80")
	all   = Owed{Handshake: Every, Transfer: Every, Teardown: Every, TimeWait: Every}
)

// givenSocket makes a socket in a state, with nothing under way.
func givenSocket(state tcp.State) *tcp.TCB {
	c := tcp.DefaultConfig()
	b := tcp.NewTCB(&c)
	b.Local, b.Remote, b.State = here, there, state
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss+1
	b.Snd.MSS, b.Snd.Wnd, b.Snd.MaxWnd = 1000, 5000, 5000
	b.Rcv.IRS, b.Rcv.Nxt, b.Rcv.Wnd = irs, irs+1, 5000
	b.Snd.Wl1, b.Snd.Wl2 = irs+1, iss+1
	b.Congestion.Window, b.Congestion.Threshold, b.Congestion.SentAt = 1<<16, 1<<16, now
	if !state.Synchronized() {
		b.Timers.Retransmit = now.Add(time.Second)
		return b
	}
	b.Snd.Una = iss + 1
	switch state {
	case tcp.Established, tcp.CloseWait:
	case tcp.FinWait2, tcp.TimeWait:
		b.CloseCalled, b.Snd.FinSent, b.Snd.Fin, b.Snd.Nxt, b.Snd.Una = true, true, iss+1, iss+2, iss+2
	default:
		b.CloseCalled, b.Snd.FinSent, b.Snd.Fin, b.Snd.Nxt = true, true, iss+1, iss+2
		b.Timers.Retransmit = now.Add(time.Second)
	}
	switch state {
	case tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait:
		b.Rcv.FinSeen, b.Rcv.FinDone, b.Rcv.Fin, b.Rcv.Nxt = true, true, irs+1, irs+2
	}
	if state == tcp.TimeWait {
		b.Timers.TimeWait = now.Add(2 * c.MSL)
	}
	return b
}

// inFlight has n bytes of text outstanding.
func inFlight(n int) func(*tcp.TCB) {
	return func(b *tcp.TCB) {
		b.Snd.Queue.Append(make([]byte, n))
		b.Snd.Nxt = b.Snd.Nxt.Add(n)
		b.Timers.Retransmit = now.Add(time.Second)
	}
}

// queued has n bytes that a closed window keeps back.
func queued(n int) func(*tcp.TCB) {
	return func(b *tcp.TCB) {
		b.Snd.Queue.Append(make([]byte, n))
		b.Snd.Wnd = 0
		b.Timers.Probe = now.Add(time.Second)
	}
}

func due(b *tcp.TCB) { b.Timers.Retransmit = now }

// expired is what the retransmission timer rightly does.
func expired(b *tcp.TCB) {
	b.RTO.Value *= 2
	b.RTO.Attempts, b.RTO.First, b.RTO.ResentAt = 1, now, now
	b.Congestion.Window = 1000
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}

func seg(flags tcp.Flags, seq, ack tcp.Seq, text int) *tcp.Segment {
	return &tcp.Segment{Src: there, Dst: here, Flags: flags, Seq: seq, Ack: ack, Window: 5000, Payload: make([]byte, text)}
}

func out(flags tcp.Flags, seq, ack tcp.Seq, text int) tcp.Segment {
	return tcp.Segment{Src: here, Dst: there, Flags: flags, Seq: seq, Ack: ack, Payload: make([]byte, text)}
}

func bare() tcp.Segment { return out(tcp.ACK, iss+1, irs+1, 0) }

func takes(n int) func(*tcp.TCB) {
	return func(b *tcp.TCB) {
		b.Rcv.Queue.Append(make([]byte, n))
		b.Rcv.Nxt, b.Rcv.Wnd = b.Rcv.Nxt.Add(n), b.Rcv.Wnd-uint32(n)
	}
}

func does(all ...func(*tcp.TCB)) func(*tcp.TCB) {
	return func(b *tcp.TCB) {
		for _, f := range all {
			if f != nil {
				f(b)
			}
		}
	}
}

func nothingToDo(*tcp.TCB) {}

// A wrong is something that a program does upon an event, and what is said of it.
type wrong struct {
	says   string
	state  tcp.State
	before func(*tcp.TCB) // what the socket is besides
	kind   Kind
	seg    *tcp.Segment
	does   func(*tcp.TCB)
	sent   []tcp.Segment
	alone  bool // chapter 2 is there, and no other
}

const ack, syn, rst, fin, psh = tcp.ACK, tcp.SYN, tcp.RST, tcp.FIN, tcp.PSH

var wrongs = []wrong{
	// Any state.
	{says: "are shared by all sockets", state: tcp.Established, kind: Write, does: func(b *tcp.TCB) { b.Config.MSS = 5 }},
	{says: "a listener is no connection", state: tcp.Listen, seg: seg(syn, irs, 0, 0), does: func(b *tcp.TCB) { b.Rcv.IRS = irs + 7 }},
	{says: "along the edges", state: tcp.FinWait2, kind: Close, does: func(b *tcp.TCB) { b.State = tcp.LastAck }},
	{says: "while it goes on there is none", state: tcp.Listen, kind: Adopt, does: func(b *tcp.TCB) { b.Err = syscall.ECONNRESET }},

	// SYN-SENT and SYN-RECEIVED.
	{says: "acknowledges something else than our SYN changes nothing: the SYN goes out", state: tcp.SynSent, seg: seg(ack, 5, 5, 0), does: func(b *tcp.TCB) { b.Timers.Retransmit = time.Time{} }},
	{says: "a wrong ACK gets <SEQ=SEG.ACK><CTL=RST>", state: tcp.SynReceived, seg: seg(ack, irs+1, 5, 9), does: nothingToDo},
	{says: "a RST gets no answer", state: tcp.SynSent, seg: seg(rst|ack, 5, 5, 0), does: nothingToDo, sent: []tcp.Segment{out(rst, 5, 0, 0)}},
	{says: "is the peer's refusal", state: tcp.SynSent, seg: seg(rst|ack|psh, 5, iss+1, 0), does: nothingToDo},
	{says: "a segment without SYN, and a RST without ACK, change nothing", state: tcp.SynSent, seg: seg(ack, 5, iss+1, 0), does: func(b *tcp.TCB) { b.Snd.Wnd = 1 }},
	{says: "a segment without SYN, and a RST without ACK, get no answer", state: tcp.SynSent, seg: seg(rst, 5, 0, 0), does: nothingToDo, sent: []tcp.Segment{bare()}},
	{says: "a SYN that acknowledges ours opens the connection", state: tcp.SynSent, seg: seg(syn|ack|tcp.ECE, irs, iss+1, 0), does: nothingToDo},
	{says: "IRS is the number of the peer's SYN", state: tcp.SynSent, seg: seg(syn, irs, 0, 0), does: func(b *tcp.TCB) { b.State, b.Rcv.IRS = tcp.SynReceived, 5 }},
	{says: "the window of a SYN stands in the header", state: tcp.SynSent, seg: seg(syn, irs, 0, 0), does: func(b *tcp.TCB) { b.State, b.Snd.Wnd = tcp.SynReceived, 5 }},
	{says: "the peer's SYN again changes nothing", state: tcp.SynReceived, seg: seg(syn, irs, 0, 0), does: func(b *tcp.TCB) { b.Rcv.Nxt++ }},
	{says: "a SYN,ACK that acknowledges something else than our SYN opens nothing", state: tcp.SynReceived, seg: seg(syn|ack, irs, 5, 0), does: func(b *tcp.TCB) { b.State = tcp.Established }},
	{says: "in SYN-RECEIVED, a segment outside the window changes nothing", state: tcp.SynReceived, seg: seg(ack, 5, iss+1, 0), does: func(b *tcp.TCB) { b.Timers.Retransmit = now.Add(time.Hour) }},
	{says: "a RST outside the window gets no answer", state: tcp.SynReceived, seg: seg(rst, 5, 0, 0), does: nothingToDo, sent: []tcp.Segment{bare()}},
	{says: "in SYN-RECEIVED, a segment outside the window gets an ACK, unless", state: tcp.SynReceived, seg: seg(ack, 5, iss+1, 0), does: nothingToDo},
	{says: "ends a connection in SYN-RECEIVED", state: tcp.SynReceived, seg: seg(rst, irs+1, 0, 5), does: nothingToDo},
	{says: "a RST that is not at RCV.NXT, and a SYN, change nothing", state: tcp.SynReceived, seg: seg(rst, irs+5, 0, 0), does: func(b *tcp.TCB) { b.RTO.Attempts = 4 }},
	{says: "in SYN-RECEIVED, a RST in the window but not at RCV.NXT", state: tcp.SynReceived, seg: seg(syn, irs+5, 0, 0), does: nothingToDo},
	{says: "in SYN-RECEIVED, a segment without ACK is dropped", state: tcp.SynReceived, seg: seg(psh, irs+1, 0, 3), does: func(b *tcp.TCB) { b.Rcv.Nxt++ }},
	{says: "in SYN-RECEIVED, a segment without ACK gets no answer", state: tcp.SynReceived, seg: seg(psh, irs+1, 0, 3), does: nothingToDo, sent: []tcp.Segment{bare()}},
	{says: "in SYN-RECEIVED, a segment that acknowledges something else", state: tcp.SynReceived, seg: seg(ack, irs+1, 5, 0), does: func(b *tcp.TCB) { b.Timers.Retransmit = time.Time{} }},
	{says: "an ACK of our SYN opens the connection", state: tcp.SynReceived, seg: seg(ack|psh, irs+1, iss+1, 3), does: nothingToDo},
	{says: "brings the peer's window, scaled", state: tcp.SynReceived, seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.State, b.Snd.Una, b.Snd.Wnd = tcp.Established, iss+1, 1 }},
	{says: "the segments that open a connection", state: tcp.SynReceived, seg: seg(ack, irs+1, iss+1, 0), alone: true,
		does: func(b *tcp.TCB) {
			b.State, b.Snd.Una, b.Snd.Wnd, b.Snd.MaxWnd = tcp.Established, iss+1, 5000, max(b.Snd.MaxWnd, 5000)
			b.Timers.Retransmit = time.Time{}
			b.Congestion.Threshold = 2000
		}},
	{says: "the retransmission timer runs: a SYN may be lost", state: tcp.SynReceived, kind: Adopt, does: func(b *tcp.TCB) { b.Timers.Retransmit = time.Time{} }},
	{says: "the SYN alone is outstanding", state: tcp.SynSent, kind: Adopt, does: func(b *tcp.TCB) { b.Snd.Nxt++ }},
	{says: "the SYN goes out again", state: tcp.SynSent, kind: Timeout, before: due, does: expired},
	{says: "an ACK in SYN-RECEIVED is <SEQ=SND.NXT>", state: tcp.SynReceived, seg: seg(ack, 5, 5, 0), does: func(b *tcp.TCB) { b.AllowChallenge(now) }, sent: []tcp.Segment{out(ack, 5, irs+1, 0)}},
	{says: "a SYN has the number ISS", state: tcp.SynReceived, seg: seg(syn, irs, 0, 0), does: nothingToDo, sent: []tcp.Segment{out(syn|ack, iss+1, irs+1, 0)}},

	// What does not count.
	{says: "a segment that is not acceptable changes nothing", state: tcp.Established, seg: seg(ack, 5, iss+1, 0), does: func(b *tcp.TCB) { b.Snd.Wnd = 1 }},
	{says: "a RST that is not acceptable gets no answer", state: tcp.Established, seg: seg(rst, 5, 0, 0), does: nothingToDo, sent: []tcp.Segment{bare()}},
	{says: "text or FIN that is not acceptable gets an ACK, always", state: tcp.Established, seg: seg(fin|psh|ack, 5, iss+1, 0), does: nothingToDo},
	{says: "an answer to text or FIN does not use up", state: tcp.Established, seg: seg(ack, 5, iss+1, 9), does: func(b *tcp.TCB) { b.AllowChallenge(now) }, sent: []tcp.Segment{bare()}},
	{says: "AllowChallenge is asked only when an ACK is about to be sent", state: tcp.Established, seg: seg(rst, 5, 0, 0), does: func(b *tcp.TCB) { b.AllowChallenge(now) }},
	{says: "without text or FIN that is not acceptable gets an ACK, unless", state: tcp.Established, seg: seg(ack, 5, iss+1, 0), does: nothingToDo},
	{says: "without text or FIN that is not acceptable gets an ACK only as often", state: tcp.Established, seg: seg(ack, 5, iss+1, 0), does: nothingToDo, sent: []tcp.Segment{bare()}},
	{says: "a segment without ACK is dropped, and changes nothing", state: tcp.Established, seg: seg(psh, irs+1, 0, 5), does: takes(5)},
	{says: "an ACK of what was never sent", state: tcp.Established, seg: seg(ack, irs+1, iss+9, 0), does: func(b *tcp.TCB) { b.Snd.Una, b.Snd.Nxt = iss+9, iss+9 }},
	{says: "with text or FIN that is dropped for its ACK gets an ACK", state: tcp.Established, seg: seg(ack, irs+1, iss+9, 5), does: nothingToDo},
	{says: "without text or FIN that is dropped for its ACK", state: tcp.Established, seg: seg(ack, irs+1, iss+9, 0), does: nothingToDo},

	// RST and SYN.
	{says: "a segment ends a connection only as", state: tcp.Established, seg: seg(rst, irs+5, 0, 0), does: func(b *tcp.TCB) { b.State = tcp.Closed }},
	{says: "a reset is told to the application", state: tcp.CloseWait, seg: seg(rst, irs+2, 0, 0), does: func(b *tcp.TCB) { b.State = tcp.Closed }},
	{says: "a RST at exactly RCV.NXT ends the connection", state: tcp.Established, seg: seg(rst, irs+1, 0, 5), does: nothingToDo},
	{says: "and a SYN, change nothing in an open connection", state: tcp.Established, seg: seg(syn, irs+5, 0, 0), does: func(b *tcp.TCB) { b.Rcv.IRS = 5 }},
	{says: "a RST in the window but not at RCV.NXT, and a SYN, gets an ACK", state: tcp.Established, seg: seg(rst, irs+5, 0, 0), does: nothingToDo},

	// What an ACK does.
	{says: "only an ACK of something new the RTO and the attempts", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.RTO.Value = time.Hour }},
	{says: "SND.UNA becomes SEG.ACK", state: tcp.Established, before: inFlight(10), seg: seg(fin|ack, irs+1, iss+11, 0), does: nothingToDo},
	{says: "text leaves b.Snd.Queue when it is acknowledged, and for no other reason", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Snd.Queue.Discard(1) }},
	{says: "b.RTO.Attempts is 0 again", state: tcp.Established, before: does(inFlight(10), func(b *tcp.TCB) { b.RTO.Attempts = 2 }), seg: seg(ack, irs+1, iss+11, 0),
		does: func(b *tcp.TCB) { b.Snd.Una = iss + 11; b.Snd.Queue.Discard(10) }},
	{says: "only a time-out counts as an attempt", state: tcp.Established, before: queued(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Snd.Wnd = 5000; b.RTO.Attempts = 2 }},
	{says: "SND.WND is what the newest segment says", state: tcp.Established, seg: seg(ack, irs+1, iss+1, 0), before: func(b *tcp.TCB) { b.Snd.Wnd = 1 }, does: nothingToDo},
	{says: "is older than the last one that counted does not count", state: tcp.Established, before: func(b *tcp.TCB) { b.Snd.Wl1 = irs + 9; b.Snd.Wnd = 7 }, seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Snd.Wnd = 5000 }},
	{says: "b.Snd.MaxWnd is the largest window", state: tcp.Established, before: func(b *tcp.TCB) { b.Snd.MaxWnd = 10 }, seg: seg(ack, irs+1, iss+1, 0), does: nothingToDo},
	{says: "the retransmission timer starts again", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+6, 0),
		does: func(b *tcp.TCB) {
			b.Snd.Una = iss + 6
			b.Snd.Queue.Discard(5)
			b.Timers.Retransmit = now.Add(time.Hour)
		}},
	{says: "the retransmission timer runs on until", state: tcp.Established, before: inFlight(10), kind: Read, does: func(b *tcp.TCB) { b.Timers.Retransmit = now.Add(time.Hour) }},
	{says: "the probe timer, once it runs", state: tcp.Established, before: queued(10), kind: Write, does: func(b *tcp.TCB) { b.Timers.Probe = now.Add(time.Hour) }},
	{says: "an ACK that leaves says all there was to acknowledge", state: tcp.Established, before: func(b *tcp.TCB) { b.Delayed.Bytes = 5; b.Timers.DelayedACK = now.Add(40 * time.Millisecond) },
		seg: seg(syn, irs+50, 0, 0), does: func(b *tcp.TCB) { b.AllowChallenge(now) }, sent: []tcp.Segment{bare()}},
	{says: "an ACK or a RST has a number inside", state: tcp.Established, before: does(inFlight(1), func(b *tcp.TCB) { b.Snd.Wnd = 0 }),
		kind: Abort, does: func(b *tcp.TCB) { b.State = tcp.Closed }, sent: []tcp.Segment{out(rst, iss+2, 0, 0)}},
	{says: "an ACK or a RST has a number inside", state: tcp.Established, before: does(inFlight(1), func(b *tcp.TCB) { b.Snd.Wnd = 0 }),
		seg: seg(syn, irs+50, 0, 0), does: func(b *tcp.TCB) { b.AllowChallenge(now) }, sent: []tcp.Segment{out(ack, iss+2, irs+1, 0)}},
	{says: "the delayed-ACK timer, once it runs", state: tcp.Established, before: func(b *tcp.TCB) { b.Delayed.Bytes = 5; b.Timers.DelayedACK = now.Add(40 * time.Millisecond) },
		kind: Write, does: func(b *tcp.TCB) { b.Timers.DelayedACK = now.Add(time.Hour) }},
	{says: "TS.Recent is the TSval of a segment", state: tcp.Established, seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Timestamps.Recent = 5 }},
	{says: "change when a round trip is measured", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+11, 0),
		does: func(b *tcp.TCB) {
			b.Snd.Una = iss + 11
			b.Snd.Queue.Discard(10)
			b.Timers.Retransmit = time.Time{}
			b.RTO.Value = 5 * time.Second
		}},
	{says: "the RTO is SRTT + max(G, 4*RTTVAR)", state: tcp.Established, before: does(inFlight(10), func(b *tcp.TCB) { b.RTO.Timing, b.RTO.TimedSeq = true, iss+11 }), seg: seg(ack, irs+1, iss+11, 0),
		does: func(b *tcp.TCB) {
			b.Snd.Una = iss + 11
			b.Snd.Queue.Discard(10)
			b.Timers.Retransmit = time.Time{}
			b.RTO.SRTT, b.RTO.RTTVar, b.RTO.Value = 4*time.Second, time.Second, 4*time.Second
		}},

	// Congestion.
	{says: "begins the count of duplicate ACKs again", state: tcp.Established, before: does(inFlight(10), func(b *tcp.TCB) { b.Congestion.DupACKs = 2 }), seg: seg(ack, irs+1, iss+11, 0),
		does: func(b *tcp.TCB) { b.Snd.Una = iss + 11; b.Snd.Queue.Discard(10); b.Timers.Retransmit = time.Time{} }},
	{says: "a duplicate ACK brings nothing new", state: tcp.Established, before: inFlight(10), seg: seg(ack|fin, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Congestion.DupACKs = 1 }},
	{says: "one segment is one duplicate ACK", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Congestion.DupACKs = 2 }},
	{says: "b.Congestion.Threshold changes when a loss is met", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Congestion.Threshold = 2 }},
	{says: "the congestion window opens only by an ACK of something new", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Congestion.Window++ }},
	{says: "by two MSS at most", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+11, 0),
		does: func(b *tcp.TCB) {
			b.Snd.Una = iss + 11
			b.Snd.Queue.Discard(10)
			b.Timers.Retransmit = time.Time{}
			b.Congestion.Window += 2920
		}},
	{says: "after a time-out an ACK opens the congestion window by one MSS", state: tcp.Established,
		before: does(inFlight(10), func(b *tcp.TCB) { b.Congestion.TimedOut, b.Congestion.Window = true, 1000 }), seg: seg(ack, irs+1, iss+11, 0),
		does: func(b *tcp.TCB) {
			b.Snd.Una = iss + 11
			b.Snd.Queue.Discard(10)
			b.Timers.Retransmit = time.Time{}
			b.Congestion.Window += 2000
		}},
	{says: "fast recovery begins with the third", state: tcp.Established, before: inFlight(10), seg: seg(ack, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Congestion.DupACKs, b.Congestion.Recovery = 1, true }},
	{says: "the congestion window grows to 1 GiB at most", state: tcp.Established, kind: Adopt,
		does: func(b *tcp.TCB) { b.Congestion.Window = 1<<31 - 1 }},

	// Text and FIN.
	{says: "RCV.NXT counts the bytes that join", state: tcp.Established, seg: seg(ack, irs+1, iss+1, 5), does: func(b *tcp.TCB) { b.Rcv.Nxt += 5 }},
	{says: "text beyond a hole is answered", state: tcp.Established, seg: seg(ack, irs+9, iss+1, 5), does: nothingToDo},
	{says: "text beyond a hole does not advance RCV.NXT", state: tcp.Established, seg: seg(ack, irs+9, iss+1, 5), does: takes(5), sent: []tcp.Segment{out(ack, iss+1, irs+6, 0)}},
	{says: "text that is next and fits", state: tcp.Established, seg: seg(ack|psh, irs+1, iss+1, 5), does: nothingToDo},
	{says: "cut off on the right", state: tcp.Established, before: func(b *tcp.TCB) { b.Rcv.Wnd = 3 }, seg: seg(ack, irs+1, iss+1, 5), does: takes(3)},
	{says: "text that fills a hole", state: tcp.Established, before: func(b *tcp.TCB) { b.Rcv.Blocks = []tcp.Block{{Start: irs + 50, End: irs + 60}} }, seg: seg(ack, irs+1, iss+1, 5), does: takes(5)},
	{says: "a segment with a FIN is answered", state: tcp.Established, seg: seg(ack|fin|psh, irs+1, iss+1, 0), does: nothingToDo},
	{says: "a segment with a FIN is answered", state: tcp.Established, before: func(b *tcp.TCB) { b.Rcv.FinSeen, b.Rcv.Fin = true, irs+7 }, seg: seg(ack|fin, irs+4, iss+1, 3), does: nothingToDo},
	{says: "a FIN inside the window is noted", state: tcp.Established, seg: seg(ack|fin|psh, irs+1, iss+1, 0), does: nothingToDo, sent: []tcp.Segment{bare()}},

	// Calls.
	{says: "Write queues text and sends", state: tcp.Established, kind: Write, does: func(b *tcp.TCB) { b.Rcv.Nxt++ }},
	{says: "text leaves b.Snd.Queue when it is acknowledged, and for no other reason", state: tcp.Established, before: inFlight(5), kind: Write, does: func(b *tcp.TCB) { b.Snd.Queue.Discard(1) }},
	{says: "Read takes what has arrived", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) { b.Rcv.Nxt++ }},
	{says: "Close notes that no more", state: tcp.CloseWait, before: inFlight(5), kind: Close, does: func(b *tcp.TCB) { b.Snd.Queue.Reset() }},
	{says: "Close in ESTABLISHED leads to FIN-WAIT-1", state: tcp.Established, kind: Close, does: func(b *tcp.TCB) { b.CloseCalled = true }},
	{says: "Close does not end the sending again", state: tcp.CloseWait, before: does(inFlight(5), func(b *tcp.TCB) { b.Snd.Resending, b.Snd.Resend = true, iss+1 }), kind: Close,
		does: func(b *tcp.TCB) { b.Snd.Resending = false; b.CloseCalled = true }},
	{says: "Accept changes nothing", state: tcp.Established, kind: Accept, does: func(b *tcp.TCB) { b.Rcv.Wnd++ }},

	// Time-outs.
	{says: "a time-out changes what its own timer is there for", state: tcp.Established, before: func(b *tcp.TCB) { b.Snd.Queue.Append(make([]byte, 10)); b.Timers.Probe = now }, kind: Timeout,
		does: func(b *tcp.TCB) {
			b.Snd.Nxt = b.Snd.Nxt.Add(10)
			b.Timers.Probe, b.Timers.Retransmit = time.Time{}, now.Add(b.RTO.Value)
			b.RTO.Attempts, b.RTO.First = 1, now // the window was open
		}, sent: []tcp.Segment{out(ack|tcp.PSH, iss+1, irs+1, 10)}},
	{says: "a time-out changes what its own timer is there for", state: tcp.Established, before: func(b *tcp.TCB) { b.Delayed.Bytes = 5; b.Timers.DelayedACK = now }, kind: Timeout,
		does: func(b *tcp.TCB) { b.RTO.Attempts = 1 }},
	{says: "the RTO doubles", state: tcp.Established, before: does(inFlight(5), due), kind: Timeout, does: does(expired, func(b *tcp.TCB) { b.RTO.Value = 3 * time.Second }), sent: []tcp.Segment{out(ack|psh, iss+1, irs+1, 5)}},
	{says: "it starts anew, with the doubled RTO", state: tcp.Established, before: does(inFlight(5), due), kind: Timeout, does: does(expired, func(b *tcp.TCB) { b.Timers.Retransmit = now.Add(time.Second) }), sent: []tcp.Segment{out(ack|psh, iss+1, irs+1, 5)}},
	{says: "b.RTO.Attempts counts the time-outs in a row", state: tcp.Established, before: does(inFlight(5), due), kind: Timeout, does: does(expired, func(b *tcp.TCB) { b.RTO.Attempts = 0 }), sent: []tcp.Segment{out(ack|psh, iss+1, irs+1, 5)}},
	{says: "what is outstanding goes out again", state: tcp.LastAck, before: due, kind: Timeout, does: expired},
	{says: "after a time-out the congestion window is one MSS", state: tcp.Established, before: does(inFlight(5), due), kind: Timeout, does: does(expired, func(b *tcp.TCB) { b.Congestion.Window = 1460 }), sent: []tcp.Segment{out(ack|psh, iss+1, irs+1, 5)}},

	// What is sent.
	{says: "fits into a packet of the link", state: tcp.Established, before: inFlight(3000), kind: Read, does: nothingToDo, sent: []tcp.Segment{out(ack, iss+1, irs+1, 1461)}},
	{says: "every segment of an open connection carries an ACK", state: tcp.Established, before: inFlight(5), kind: Read, does: nothingToDo, sent: []tcp.Segment{out(psh, iss+1, 0, 5)}},
	{says: "every segment acknowledges all", state: tcp.Established, kind: Read, does: nothingToDo, sent: []tcp.Segment{out(ack, iss+1, irs, 0)}},
	{says: "a segment without text stands at SND.NXT", state: tcp.Established, kind: Read, does: nothingToDo, sent: []tcp.Segment{out(ack, iss+9, irs+1, 0)}},
	{says: "no more text than b.Snd.MSS", state: tcp.Established, before: inFlight(1100), kind: Read, does: nothingToDo, sent: []tcp.Segment{out(ack|psh, iss+1, irs+1, 1100)}},
	{says: "the byte with number SND.UNA+i", state: tcp.Established, before: inFlight(5), kind: Read, does: nothingToDo, sent: []tcp.Segment{{Src: here, Dst: there, Flags: ack | psh, Seq: iss + 1, Ack: irs + 1, Payload: []byte("12345")}}},
	{says: "carries PSH", state: tcp.Established, before: inFlight(5), kind: Read, does: nothingToDo, sent: []tcp.Segment{out(ack, iss+1, irs+1, 5)}},
	{says: "only inside the peer's window", state: tcp.Established, before: queued(5), kind: Write, does: nothingToDo, sent: []tcp.Segment{out(ack|psh, iss+1, irs+1, 5)}},
	{says: "a segment that is not full waits", state: tcp.Established, before: inFlight(5), kind: Write, does: func(b *tcp.TCB) { b.Snd.Queue.Append(make([]byte, 5)); b.Snd.Nxt += 5 }, sent: []tcp.Segment{out(ack|psh, iss+6, irs+1, 5)}},
	{says: "a segment that a window cuts short waits", state: tcp.Established, before: func(b *tcp.TCB) { b.Snd.Wnd = 5 }, kind: Write,
		does: func(b *tcp.TCB) {
			b.Snd.Queue.Append(make([]byte, 50))
			b.Snd.Nxt += 5
			b.Timers.Retransmit = now.Add(time.Second)
		}, sent: []tcp.Segment{out(ack, iss+1, irs+1, 5)}},
	{says: "a FIN that is sent is noted", state: tcp.FinWait1, kind: Close, does: nothingToDo, sent: []tcp.Segment{out(ack|fin, iss+2, irs+1, 0)}},
	{says: "a FIN takes the number after the last byte", state: tcp.CloseWait, before: inFlight(5), kind: Close,
		does: func(b *tcp.TCB) {
			b.State, b.CloseCalled, b.Snd.FinSent, b.Snd.Fin = tcp.LastAck, true, true, iss+3
			b.Snd.Nxt++
		}, sent: []tcp.Segment{out(ack|fin, iss+3, irs+2, 0)}},

	// TIME-WAIT.
	{says: "only a newer SYN without ACK ends the wait", state: tcp.TimeWait, seg: seg(rst, irs+2, 0, 0), does: func(b *tcp.TCB) { b.State = tcp.Closed }},
	{says: "belongs to the next connection", state: tcp.TimeWait, seg: seg(syn, irs+9, 0, 0), does: func(b *tcp.TCB) { b.State = tcp.Closed; b.Timestamps.Recent = 5 }},
	{says: "in TIME-WAIT, a RST is ignored, with text or without, and changes nothing", state: tcp.TimeWait, seg: seg(rst, irs+2, 0, 0), does: func(b *tcp.TCB) { b.Timers.TimeWait = now.Add(time.Second) }},
	{says: "in TIME-WAIT, a RST is ignored, with text or without", state: tcp.TimeWait, seg: seg(rst, irs+2, 0, 5), does: nothingToDo, sent: []tcp.Segment{out(ack, iss+2, irs+2, 0)}},
	{says: "the peer's FIN again changes nothing but the wait", state: tcp.TimeWait, seg: seg(ack|fin, irs+1, iss+1, 0), does: func(b *tcp.TCB) { b.Rcv.Nxt++ }},
	{says: "the peer's FIN again is acknowledged again", state: tcp.TimeWait, seg: seg(ack|fin, irs+1, iss+1, 0), does: nothingToDo},
	{says: "starts 2MSL anew", state: tcp.TimeWait, seg: seg(ack|fin, irs+1, iss+1, 0), before: func(b *tcp.TCB) { b.Config.MSL = time.Second }, does: func(b *tcp.TCB) { b.Timers.TimeWait = now.Add(time.Minute) }, sent: []tcp.Segment{out(ack, iss+2, irs+2, 0)}},
	{says: "an empty segment in the window gets no answer", state: tcp.TimeWait, seg: seg(ack, irs+5, iss+1, 0), does: nothingToDo, sent: []tcp.Segment{out(tcp.ACK, iss+2, irs+2, 0)}},
	{says: "a segment that is not the peer's FIN changes nothing", state: tcp.TimeWait, seg: seg(ack, irs+2, iss+2, 0), does: func(b *tcp.TCB) { b.Timers.TimeWait = now.Add(time.Hour) }},
	{says: "old text and an old FIN get an ACK", state: tcp.TimeWait, seg: seg(ack, irs, iss+2, 1), does: nothingToDo},
	{says: "the time-wait timer runs, for 2MSL", state: tcp.FinWait2, seg: seg(ack|fin, irs+1, iss+2, 0),
		does: func(b *tcp.TCB) {
			b.State, b.Rcv.FinSeen, b.Rcv.FinDone, b.Rcv.Fin, b.Rcv.Nxt, b.Rcv.Wnd = tcp.TimeWait, true, true, irs+1, irs+2, 4999
			b.Timers.TimeWait = now.Add(time.Hour)
		}, sent: []tcp.Segment{out(ack, iss+2, irs+2, 0)}},

	// Invariants.
	{says: "and what is outstanding is queued", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) { b.Snd.Nxt += 5; b.Timers.Retransmit = now.Add(time.Second) }},
	{says: "while text is outstanding, the retransmission timer runs", state: tcp.Established, before: inFlight(5), kind: Read, does: func(b *tcp.TCB) { b.Timers.Retransmit = time.Time{} }},
	{says: "while our FIN is outstanding", state: tcp.LastAck, kind: Adopt, does: func(b *tcp.TCB) { b.Timers.Retransmit = time.Time{} }},
	{says: "while text waits to be sent", state: tcp.Established, before: queued(5), kind: Adopt, does: func(b *tcp.TCB) { b.Timers.Probe = time.Time{} }},
	{says: "an application that has closed is owed a FIN", state: tcp.CloseWait, kind: Close, does: func(b *tcp.TCB) { b.CloseCalled = true }},
	{says: "the FIN leaves as soon as the last byte was sent", state: tcp.Established, kind: Close, does: func(b *tcp.TCB) {
		b.State, b.CloseCalled = tcp.FinWait1, true
		b.Timers.Retransmit = now.Add(time.Second)
	}},
	{says: "the FIN leaves as soon as the last byte was sent", state: tcp.Established, before: inFlight(5), kind: Close, does: func(b *tcp.TCB) { b.State, b.CloseCalled = tcp.FinWait1, true }},
	{says: "while there is text to acknowledge", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) { b.Delayed.Bytes = 5 }},
	{says: "two full-sized segments are acknowledged at once", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) {
		b.Delayed.Bytes, b.Timers.DelayedACK = 2*b.Snd.MSS, now.Add(time.Second)
	}},
	{says: "an ACK that is due leaves", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) { b.Delayed.Now = true }},
	{says: "SND.UNA ≤ b.Snd.Resend", state: tcp.Established, before: inFlight(5), kind: Read, does: func(b *tcp.TCB) { b.Snd.Resending, b.Snd.Resend = true, iss }},
	{says: "the RTO is more than nothing", state: tcp.Established, before: does(inFlight(5), due, func(b *tcp.TCB) { b.Config.MaxRTO = 2 * time.Second; b.RTO.Value = 2 * time.Second }), kind: Open, does: func(b *tcp.TCB) { b.RTO.Value = time.Hour }},
	{says: "b.Rcv.Blocks are in order", state: tcp.Established, seg: seg(ack, irs+9, iss+1, 5), does: func(b *tcp.TCB) { b.Rcv.Blocks = []tcp.Block{{Start: irs + 9, End: irs + 1}} }, sent: []tcp.Segment{bare()}},
	{says: "RCV.WND is room that there is", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) { b.Rcv.Wnd = 1 << 30 }},
	{says: "the state says what has become of our FIN", state: tcp.LastAck, kind: Adopt, does: func(b *tcp.TCB) { b.Snd.Una = iss + 2 }},
	{says: "the state says what has become of our FIN", state: tcp.CloseWait, before: queued(5), kind: Close, does: func(b *tcp.TCB) { b.State, b.CloseCalled = tcp.LastAck, true }},
	{says: "in CLOSE-WAIT, CLOSING, LAST-ACK and TIME-WAIT the peer's FIN was taken", state: tcp.Established, kind: Adopt, does: func(b *tcp.TCB) { b.State = tcp.CloseWait }},
	{says: "SND.UNA and SND.NXT never go back", state: tcp.Established, before: inFlight(5), kind: Adopt, does: func(b *tcp.TCB) { b.Snd.Nxt-- }},
	{says: "RCV.NXT never goes back", state: tcp.Established, kind: Adopt, does: func(b *tcp.TCB) { b.Rcv.Nxt-- }},
	{says: "never moves left", state: tcp.Established, kind: Read, does: func(b *tcp.TCB) { b.Rcv.Wnd-- }},
}

// run has a wrong program do what it does.
func (c *wrong) run() *Broken {
	b := givenSocket(c.state)
	if c.before != nil {
		c.before(b)
	}
	w := Watch{Owed: all}
	if c.alone {
		w.Owed = Owed{Handshake: Every}
	}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	settle(&w, sockets)
	w.Before(sockets)
	e := Event{Kind: c.kind, At: now, TCB: b, Segment: c.seg}
	c.does(b)
	return w.After(e, c.sent, sockets)
}

// settle has the watch see the socket as an event has left it.
func settle(w *Watch, sockets func(func(*tcp.TCB) bool)) {
	w.Before(sockets)
	w.After(Event{Kind: Adopt, At: now}, nil, sockets)
}

// TestEachFrameBreaks sees each frame broken once, and told of by its own sentence.
func TestEachFrameBreaks(t *testing.T) {
	for _, c := range wrongs {
		broken := c.run()
		if assert.NotNil(t, broken, c.says) {
			assert.Contains(t, broken.Says, c.says, broken.Found)
			assert.NotEmpty(t, broken.Found, c.says)
		}
	}
}

// TestLeftOpenInSynReceived: what chapter 2's lesson leaves open in SYN-RECEIVED breaks no
// frame.
func TestLeftOpenInSynReceived(t *testing.T) {
	ration := func(b *tcp.TCB) { b.AllowChallenge(now) }
	rationed := func(b *tcp.TCB) { b.AllowChallenge(now.Add(-time.Millisecond)) }
	opened := func(b *tcp.TCB) {
		b.State, b.Snd.Una, b.Timers.Retransmit = tcp.Established, iss+1, time.Time{}
	}
	passive := func(b *tcp.TCB) { b.Passive = true }
	end := func(b *tcp.TCB) { b.State, b.Timers.Retransmit = tcp.Closed, time.Time{} }
	ahead := func(b *tcp.TCB) { b.Timestamps = tcp.Timestamps{On: true, Recent: 9, RecentAt: now} }
	wrongACK := out(rst, 5, 0, 0)
	synACK := out(syn|ack, iss, irs+1, 0)
	late := seg(ack, irs+1, iss+1, 0)
	late.Options = tcp.Options{HasTimestamps: true, TSval: 7}
	covers := seg(ack, irs, iss+1, 5002)
	for name, c := range map[string]wrong{
		"a RST for a wrong ACK asks":        {seg: seg(ack, irs+1, 5, 0), does: ration, sent: []tcp.Segment{wrongACK}},
		"a RST for a wrong ACK is withheld": {seg: seg(ack, irs+1, 5, 0), before: rationed, does: nothingToDo},
		"a SYN,ACK again asks":              {seg: seg(syn, irs, 0, 0), does: ration, sent: []tcp.Segment{synACK}},
		"a SYN again says more":             {seg: seg(syn, irs, 0, 0), does: func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MSS = 5, 88 }, sent: []tcp.Segment{synACK}},
		"a SYN again tells of a loss":       {seg: seg(syn, irs, 0, 0), does: func(b *tcp.TCB) { b.RTO.Attempts, b.RTO.First = 1, now }, sent: []tcp.Segment{synACK}},
		"a SYN,ACK again is withheld":       {seg: seg(syn, irs, 0, 0), before: rationed, does: nothingToDo},
		"an ACK for a wrong SYN,ACK asks":   {seg: seg(syn|ack, irs, 5, 0), does: ration, sent: []tcp.Segment{bare()}},
		"another SYN leads to LISTEN":       {seg: seg(syn, irs+5, 0, 0), before: passive, does: end},
		"an old timestamp is refused":       {seg: late, before: ahead, does: ration, sent: []tcp.Segment{bare()}},
		"an old timestamp opens":            {seg: late, before: ahead, does: opened},
		"more than the window opens":        {seg: covers, does: opened},
		"more than the window is refused":   {seg: covers, does: ration, sent: []tcp.Segment{bare()}},
	} {
		c.state = tcp.SynReceived
		assert.Nil(t, c.run(), name)
	}
}

// A segment without timestamps, where they were agreed on, may be dropped or taken; but not
// half taken.
func TestUnstamped(t *testing.T) {
	stamps := func(b *tcp.TCB) { b.Timestamps = tcp.Timestamps{On: true, Recent: 9, RecentAt: now} }
	arrives := wrong{state: tcp.Established, seg: seg(ack, irs+1, iss+1, 5), before: stamps}
	arrives.does = nothingToDo
	assert.Nil(t, arrives.run(), "dropped")
	arrives.does, arrives.sent = takes(5), []tcp.Segment{out(ack, iss+1, irs+6, 0)}
	assert.Nil(t, arrives.run(), "taken")
	arrives.does, arrives.sent = func(b *tcp.TCB) { b.Snd.Wnd = 1 }, nil
	assert.NotNil(t, arrives.run(), "half taken")
}

// A wrong ACK in SYN-SENT may get its RST only once in half a second.
func TestRationedReset(t *testing.T) {
	c := wrong{state: tcp.SynSent, seg: seg(ack, 5, 5, 0), sent: []tcp.Segment{out(rst, 5, 0, 0)}}
	c.does = func(b *tcp.TCB) { b.AllowChallenge(now) }
	assert.Nil(t, c.run(), "asked")
	c.before, c.does, c.sent = func(b *tcp.TCB) { b.AllowChallenge(now.Add(-time.Millisecond)) }, nothingToDo, nil
	assert.Nil(t, c.run(), "withheld")
}

// A FIN alone beyond a hole need not be answered at once.
func TestFINAloneBeyondAHole(t *testing.T) {
	c := wrong{state: tcp.Established, seg: seg(ack|fin, irs+4, iss+1, 0)}
	c.does = func(b *tcp.TCB) { b.Rcv.FinSeen, b.Rcv.Fin = true, irs+4 }
	assert.Nil(t, c.run())
}

// A segment that begins before the window and ends after it may be refused, as table 6 has
// it, or taken.
func TestSpans(t *testing.T) {
	arrives := wrong{state: tcp.Established, seg: seg(ack, irs, iss+1, 5002), does: nothingToDo, sent: []tcp.Segment{bare()}}
	assert.Nil(t, arrives.run(), "refused")
	arrives.does, arrives.sent = takes(5000), []tcp.Segment{out(ack, iss+1, irs+5001, 0)}
	assert.Nil(t, arrives.run(), "taken")
}

// TestLeftOpenInTimeWait: what chapter 5's lesson leaves open breaks no frame.
func TestLeftOpenInTimeWait(t *testing.T) {
	obeys := func(b *tcp.TCB) { b.Config.ObeyResetInTimeWait = true }
	earlier := func(b *tcp.TCB) { b.Timers.TimeWait = now.Add(time.Second) }
	anew := func(b *tcp.TCB) { b.Timers.TimeWait = now.Add(2 * b.Config.MSL) }
	ration := func(b *tcp.TCB) { b.AllowChallenge(now) }
	answer := []tcp.Segment{out(ack, iss+2, irs+2, 0)}
	for name, c := range map[string]wrong{
		"another RST is asked back":         {seg: seg(rst, irs+9, 0, 0), before: obeys, does: ration, sent: answer},
		"a FIN in the window starts anew":   {seg: seg(ack|fin, irs+9, iss+2, 0), before: earlier, does: anew, sent: answer},
		"a FIN without ACK is dropped":      {seg: seg(fin, irs+1, 0, 0), before: earlier, does: nothingToDo},
		"a FIN without ACK is answered":     {seg: seg(fin, irs+1, 0, 0), before: earlier, does: anew, sent: answer},
		"old text without ACK is dropped":   {seg: seg(0, irs, 0, 1), does: nothingToDo},
		"an old SYN, with FIN, is answered": {seg: seg(syn|fin, irs, 0, 0), does: nothingToDo, sent: answer},
	} {
		c.state = tcp.TimeWait
		assert.Nil(t, c.run(), name)
	}
}

// TestEveryFrameIsTried finds each sentence of the package among those that break.
func TestEveryFrameIsTried(t *testing.T) {
	var said []string
	for _, c := range wrongs {
		if broken := c.run(); broken != nil {
			said = append(said, broken.Says)
		}
	}
	said = append(said, triedElsewhere...)
	for _, sentence := range sentences(t) {
		assert.True(t, slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, sentence) }), sentence)
	}
}

// triedElsewhere are the sentences that tests of their own try.
var triedElsewhere = []string{
	"what happens to one socket changes no other",
	"a SYN that is sent again is the very same SYN, with the same options",
}

// sentences returns what the package says of broken frames, as far as it stands there in
// one piece.
func sentences(t *testing.T) []string {
	t.Helper()
	at := map[string]int{"broken": 0, "wantSilence": 0, "wantACK": 0, "wantLimitedACK": 0, "nothing": 1, "onlyChanged": 1}
	var all []string
	for _, file := range []string{"arrive.go", "calls.go", "invariants.go", "look.go", "processed.go", "sent.go", "watch.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			var says ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				method, ok := n.Fun.(*ast.SelectorExpr)
				if i, known := at[name(method)]; ok && known && i < len(n.Args) {
					says = n.Args[i]
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "says" {
					says = n.Value
				}
			}
			if literal, ok := says.(*ast.BasicLit); ok {
				text, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				all = append(all, text)
			}
			return true
		})
	}
	require.Greater(t, len(all), 50)
	return all
}

func name(s *ast.SelectorExpr) string {
	if s == nil {
		return ""
	}
	return s.Sel.Name
}

func TestAnotherSocketStays(t *testing.T) {
	b, other := givenSocket(tcp.Established), givenSocket(tcp.Established)
	other.Local = netip.MustParseAddrPort("10.0.0.1:7")
	other.Config = b.Config
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { _ = yield(b) && yield(other) }
	settle(&w, sockets)
	w.Before(sockets)
	other.Snd.Wnd = 1
	broken := w.After(Event{Kind: Write, At: now, TCB: b}, nil, sockets)
	require.NotNil(t, broken)
	assert.Equal(t, other, broken.TCB)
	assert.Contains(t, broken.Says, "what happens to one socket changes no other")
	assert.Equal(t, "but it has changed SND.WND: it was 5000, and is 1", broken.Found)
}

// What another socket sends is looked at, although it has not changed.
func TestAnotherSocketIsSilent(t *testing.T) {
	b, other := givenSocket(tcp.Established), givenSocket(tcp.Established)
	other.Remote = netip.MustParseAddrPort("10.0.0.9:7")
	other.Config = b.Config
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { _ = yield(b) && yield(other) }
	settle(&w, sockets)
	w.Before(sockets)
	wrong := tcp.Segment{Src: other.Local, Dst: other.Remote, Flags: tcp.ACK, Seq: other.Snd.Nxt, Ack: other.Rcv.Nxt + 9}
	arrived := tcp.Segment{Src: b.Remote, Dst: b.Local, Flags: tcp.ACK, Seq: b.Rcv.Nxt, Ack: b.Snd.Nxt, Window: 5000}
	broken := w.After(Event{Kind: Arrive, At: now, Segment: &arrived}, []tcp.Segment{wrong}, sockets)
	require.NotNil(t, broken)
	assert.Equal(t, other, broken.TCB)
}

// A RST whose text alone reaches into the window may be dropped: RFC 5961 §3.2.
func TestAResetThatBeginsBeforeTheWindow(t *testing.T) {
	for _, state := range []tcp.State{tcp.SynReceived, tcp.Established} {
		for seq, right := range map[tcp.Seq]bool{irs - 1: true, irs + 5: false} {
			b := givenSocket(state)
			w := Watch{Owed: all}
			sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
			settle(&w, sockets)
			w.Before(sockets)
			broken := w.After(Event{Kind: Arrive, At: now, Segment: seg(rst, seq, 0, 4)}, nil, sockets)
			require.Equal(t, right, broken == nil, "%v, SEQ=%d: %v", state, seq, broken)
		}
	}
}

// What a segment does to the wait is asked from step 5.3 on: at 5.1 nobody has written Arrive.
func TestTheWaitUponASegment(t *testing.T) {
	for step, asked := range map[int]bool{stepKeep: false, stepPeersFINAgain - 1: false, stepPeersFINAgain: true} {
		b := givenSocket(tcp.TimeWait)
		w := Watch{Owed: all}
		w.Owed.TimeWait = step
		sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
		settle(&w, sockets)
		w.Before(sockets)
		b.Timers.TimeWait = b.Timers.TimeWait.Add(2 * b.Config.MSL)
		broken := w.After(Event{Kind: Arrive, At: now, Segment: seg(ack, irs+2, iss+2, 0)}, nil, sockets)
		require.Equal(t, asked, broken != nil, "step %d: %v", step, broken)
	}
}

func TestTheVerySameSYN(t *testing.T) {
	b := givenSocket(tcp.SynSent)
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	again := func(options tcp.Options) *Broken {
		due(b)
		w.Before(sockets)
		attempts := b.RTO.Attempts
		expired(b)
		b.RTO.Attempts = attempts + 1
		sent := out(syn, iss, 0, 0)
		sent.Options = options
		return w.After(Event{Kind: Timeout, At: now}, []tcp.Segment{sent}, sockets)
	}
	require.Nil(t, again(tcp.Options{MSS: 1000}))
	require.Nil(t, again(tcp.Options{MSS: 1000}))
	broken := again(tcp.Options{})
	require.NotNil(t, broken)
	assert.Contains(t, broken.Says, "the very same SYN")
}

// What a chapter owes that is not there is not asked for.
func TestOnlyWhatIsOwed(t *testing.T) {
	b := givenSocket(tcp.Established)
	w := Watch{Owed: Owed{Handshake: Every}}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	w.Before(sockets)
	b.Snd.Una = 5
	assert.Nil(t, w.After(Event{Kind: Arrive, At: now, Segment: seg(ack, irs+1, iss+1, 0)}, nil, sockets))
}

// A probe may be the last text that is queued. Whether our FIN then follows at once, or waits
// for the window, is not the timer's question.
func TestAFINMayFollowAProbe(t *testing.T) {
	b := givenSocket(tcp.CloseWait)
	queued(1)(b)
	b.CloseCalled = true
	b.Timers.Probe = now
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	settle(&w, sockets)
	b.Timers.Probe = now
	w.Before(sockets)
	b.Snd.Nxt = iss + 3
	b.Snd.FinSent, b.Snd.Fin, b.State = true, iss+2, tcp.LastAck
	b.RTO.Attempts, b.RTO.First = 1, now
	b.Timers.Probe = now.Add(2 * time.Second)
	broken := w.After(Event{Kind: Timeout, At: now}, []tcp.Segment{out(ack|psh, iss+1, b.Rcv.Nxt, 1), out(fin|ack, iss+2, b.Rcv.Nxt, 0)}, sockets)
	assert.Nil(t, broken)
}

// What the network's window cuts short may go, in one that two duplicates have widened, too;
// not what ends before that, nor where the peer's ends first.
func TestTheNetworkCutsShort(t *testing.T) {
	for _, c := range []struct {
		network, peer, sent int
		right               bool
	}{
		{500, 5000, 500, true},
		{500, 5000, 900, true},
		{500, 5000, 400, false},
		{500, 500, 500, false},
		{900, 500, 500, false},
	} {
		write := wrong{state: tcp.Established, kind: Write, before: func(b *tcp.TCB) {
			b.Congestion.Window, b.Snd.Wnd = uint32(c.network), uint32(c.peer)
		}, does: func(b *tcp.TCB) {
			b.Snd.Queue.Append(make([]byte, 3000))
			b.Snd.Nxt = b.Snd.Nxt.Add(c.sent)
			b.Timers.Retransmit = now.Add(time.Second)
		}, sent: []tcp.Segment{out(ack, iss+1, irs+1, c.sent)}}
		broken := write.run()
		assert.Equal(t, c.right, broken == nil, "%+v: %+v", c, broken)
	}
}

// Close came in SYN-RECEIVED, and its FIN waits. A second Close makes no FIN-WAIT-1 of that.
func TestCloseTwice(t *testing.T) {
	b := givenSocket(tcp.Established)
	inFlight(5)(b)
	b.CloseCalled = true
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	settle(&w, sockets)
	w.Before(sockets)
	b.ReadClosed = true
	assert.Nil(t, w.After(Event{Kind: Close, At: now, TCB: b}, nil, sockets))
}

// A FIN may leave though the window is closed over text in flight, and starts its timer. What
// happens next, whatever that is, leaves the probe timer alone to run, and not the other.
func TestOneOfTwoTimersRunsOn(t *testing.T) {
	for _, probeRunsOn := range []bool{true, false} {
		b := givenSocket(tcp.FinWait1)
		inFlight(5)(b)
		b.CloseCalled, b.Snd.FinSent, b.Snd.Fin, b.Snd.Wnd = true, true, b.Snd.Nxt, 0
		b.Snd.Nxt = b.Snd.Nxt.Add(1)
		b.Timers.Probe = now.Add(time.Second)
		w := Watch{Owed: all}
		sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
		settle(&w, sockets)
		w.Before(sockets)
		if probeRunsOn {
			b.Timers.Retransmit = time.Time{}
		} else {
			b.Timers.Probe = time.Time{}
		}
		broken := w.After(Event{Kind: Arrive, At: now, Segment: seg(tcp.FIN, irs-1, 0, 0)},
			[]tcp.Segment{out(tcp.ACK, b.Snd.Una, irs+1, 0)}, sockets)
		assert.Equal(t, probeRunsOn, broken == nil, "%+v", broken)
	}
}

// Whoever has not come to a step yet does not owe its frames.
func TestStepByStep(t *testing.T) {
	for step, broken := range map[int]bool{5: false, 6: true} {
		b := givenSocket(tcp.Established)
		inFlight(5)(b)
		w := Watch{Owed: Owed{Handshake: Every, Transfer: step}}
		sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
		w.Before(sockets)
		b.Timers.Retransmit = time.Time{}
		said := w.After(Event{Kind: Read, At: now, TCB: b}, nil, sockets)
		assert.Equal(t, broken, said != nil, "step 3.%d", step)
	}
}

// A test may set a socket up in a way that no event would leave it: that is not held
// against the next event.
func TestWhatWasBrokenBefore(t *testing.T) {
	b := givenSocket(tcp.Established)
	inFlight(5)(b)
	b.Timers.Retransmit = time.Time{}
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	w.Before(sockets)
	assert.Nil(t, w.After(Event{Kind: Read, At: now, TCB: b}, nil, sockets))
}

func TestNoGarbage(t *testing.T) {
	b := givenSocket(tcp.Established)
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { yield(b) }
	settle(&w, sockets)
	e, empty := Event{Kind: Arrive, At: now, Segment: seg(ack, irs+1, iss+1, 0)}, []tcp.Segment(nil)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		w.Before(sockets)
		if broken := w.After(e, empty, sockets); broken != nil {
			t.Fatal(broken)
		}
	}), 3.0)
}

func BenchmarkWatch(b *testing.B) {
	socket := givenSocket(tcp.Established)
	w := Watch{Owed: all}
	sockets := func(yield func(*tcp.TCB) bool) { yield(socket) }
	e := Event{Kind: Arrive, At: now, Segment: seg(ack, irs+1, iss+1, 0)}
	b.ReportAllocs()
	for b.Loop() {
		w.Before(sockets)
		w.After(e, nil, sockets)
	}
}
