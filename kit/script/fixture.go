package script

import (
	"net/netip"
	"testing"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// MSS is the effective send MSS of a socket that InState makes, bytes: what the peer has
// announced, and less than our link carries, so that taking one for the other shows.
const MSS = 1000

// InState makes a script in the middle of a conversation: with a socket in the
// given state, whose variables are what a conversation without text or loss, and
// without options but MSS, would have left there. The peer has announced a
// window of Window, everything it had to acknowledge for that state is
// acknowledged and nothing else, the congestion window is not in the way, and
// the application will go on reading (it used CloseWrite, where it has closed).
// Change changes what is needed otherwise.
//
// What SYN-SENT, SYN-RECEIVED, FIN-WAIT-1, CLOSING and LAST-ACK wait for has
// just been sent, so their retransmission timer runs for another second. LISTEN
// is the same as New and Listen; CLOSED is New alone.
//
// The socket is at your ClientPort and connected to the peer's ServerPort.
func InState(t testing.TB, chapters stack.Chapters, state tcp.State, options ...Option) *Script {
	t.Helper()
	s := newScript(t, chapters, options...)
	switch state {
	case tcp.Closed:
		s.scaler.configure(s.stack.Config())
		return s
	case tcp.Listen:
		s.scaler.configure(s.stack.Config())
		s.Listen()
		return s
	}
	b := s.socketIn(state)
	plain := *b
	var set settings
	for _, o := range options {
		o(&set)
	}
	for _, change := range set.change {
		change(b)
	}
	if state.Synchronized() {
		if !set.unstamped {
			s.stamper.agree(s, b)
		}
		s.scaler.agree(b, &plain)
		s.scaler.configure(s.stack.Config())
	}
	s.Adopt(b)
	return s
}

// Adopt gives a socket to the stack as it is, and makes it the current one.
func (s *Script) Adopt(b *tcp.TCB) {
	s.t.Helper()
	s.sockets = append(s.sockets, b)
	s.Use(b)
	s.accepted[b] = true
	s.shadow = shadowOf(b)
	var err error
	s.act("Adopt", ladder.Rung{
		Kind: ladder.Event, Text: "(the script begins)", ISS: s.iss, IRS: s.irs,
	}, frames.Event{Kind: frames.Adopt}, func() {
		if err = s.stack.Adopt(b); err == nil {
			err = s.moveIn(b)
		}
	})
	s.must("a socket is bound and found: chapter 1", err)
}

// socketIn makes a TCB as InState promises it.
func (s *Script) socketIn(state tcp.State) *tcp.TCB {
	f := Fixture{
		Config: s.stack.Config(), ISS: s.iss, IRS: s.irs, Window: uint32(s.window), Now: s.now,
		Local:  netip.AddrPortFrom(You, ClientPort),
		Remote: netip.AddrPortFrom(Peer, ServerPort),
	}
	return f.Socket(state)
}

// A Fixture says between whom, and with which numbers, a conversation is in whose middle a
// socket is made.
type Fixture struct {
	Config        *tcp.Config
	Local, Remote netip.AddrPort
	ISS, IRS      tcp.Seq
	Window        uint32 // what the peer has announced, bytes
	Now           time.Time
}

// Socket makes a socket in a state, with the variables that InState promises. It is a
// connection's: not in CLOSED, and not in LISTEN.
func (f *Fixture) Socket(state tcp.State) *tcp.TCB {
	b := tcp.NewTCB(f.Config)
	b.Local, b.Remote = f.Local, f.Remote
	b.State = state
	b.Rcv.Wnd = min(b.Rcv.Wnd, 65535)
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = f.ISS, f.ISS, f.ISS+1
	b.Snd.MSS = MSS
	b.Congestion.Window, b.Congestion.Threshold = 1<<20, 1<<30
	b.Congestion.Recover = b.Snd.Una
	b.Timers.Retransmit = f.Now.Add(b.RTO.Value)
	if state == tcp.SynSent {
		b.Snd.MSS = 0
		return b
	}
	b.Rcv.IRS, b.Rcv.Nxt = f.IRS, f.IRS+1
	b.Snd.Wnd, b.Snd.MaxWnd = f.Window, f.Window
	b.Snd.Wl1, b.Snd.Wl2 = f.IRS, f.ISS
	if state == tcp.SynReceived {
		return b
	}
	b.Snd.Una, b.Snd.Wl2 = f.ISS+1, f.ISS+1
	b.Timers.Retransmit = time.Time{}
	if closedByYou(state) {
		f.closeYours(b, state)
	}
	if closedByPeer(state) {
		b.Rcv.FinSeen, b.Rcv.FinDone, b.Rcv.Fin = true, true, b.Rcv.Nxt
		b.Rcv.Nxt++
	}
	if state == tcp.TimeWait {
		b.Timers.TimeWait = f.Now.Add(2 * b.Config.MSL)
	}
	return b
}

func closedByYou(state tcp.State) bool {
	return state > tcp.Established && state != tcp.CloseWait
}

func closedByPeer(state tcp.State) bool {
	switch state {
	case tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait:
		return true
	}
	return false
}

// closeYours makes b look as if it had sent its FIN.
func (f *Fixture) closeYours(b *tcp.TCB, state tcp.State) {
	b.CloseCalled = true
	b.Snd.FinSent, b.Snd.Fin = true, b.Snd.Nxt
	b.Snd.Nxt++
	if state == tcp.FinWait2 || state == tcp.TimeWait {
		b.Snd.Una = b.Snd.Nxt
		return
	}
	b.Timers.Retransmit = f.Now.Add(b.RTO.Value)
}
