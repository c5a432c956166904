package script

import (
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
)

// TestAConversation uses what most scripts use, and passes.
func TestAConversation(t *testing.T) {
	for _, start := range [][2]tcp.Seq{{ISS, IRS}, {BelowHalf, BelowWrap}, {BelowWrap, BelowHalf}} {
		iss, irs := start[0], start[1]
		s := New(t, talking(), Numbers(iss, irs), Unwatched())
		s.Connect()
		s.WantState(tcp.SynSent)
		s.Want("a SYN opens", tcp.Segment{Flags: tcp.SYN, Seq: iss, Options: tcp.Options{MSS: 1460}})
		s.Send(tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: irs, Ack: iss + 1})
		s.Want("the SYN is acknowledged", tcp.Segment{Flags: tcp.ACK, Seq: iss + 1, Ack: irs + 1})
		s.WantState(tcp.Established)
		s.Write("request")
		s.WantText("in whatever pieces", iss+1, irs+1, "request")
		s.Send(tcp.Segment{Flags: tcp.PSH | tcp.ACK, Seq: irs + 1, Ack: iss + 8, Payload: []byte("response")})
		s.WantACK("the response is acknowledged", irs+9)
		s.WantRead("it is there", "response")
		s.WantReadError("and no more", nil)
		s.WantSilence("nothing else is to be said")
	}
}

func TestSendFillsInWhatIsMissing(t *testing.T) {
	s := InState(t, talking(), tcp.Established, Unwatched())
	last := func() (seg tcp.Segment) {
		for _, r := range s.ladder.Rungs {
			if r.From == ladder.Right {
				seg = r.Segment
			}
		}
		return seg
	}
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1})
	require.Equal(t, netip.MustParseAddrPort("10.0.0.2:80"), last().Src)
	require.Equal(t, netip.MustParseAddrPort("10.0.0.1:50000"), last().Dst)
	require.EqualValues(t, 65535, last().Window)
	s.PeerWindow(0)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1})
	require.Zero(t, last().Window)
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Window: 5, Src: stranger, Dst: stranger})
	require.EqualValues(t, 5, last().Window)
	require.Equal(t, stranger, last().Src)
	require.Equal(t, stranger, last().Dst)
}

func TestWantACKTakesItNowOrLater(t *testing.T) {
	for _, delay := range []time.Duration{0, time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond} {
		c := talking()
		c.Transfer = talkative{delay: delay}
		s := InState(t, c, tcp.Established, Unwatched())
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Payload: []byte("abc")})
		s.WantACK("abc is acknowledged", IRS+4)
		require.Equal(t, delay, s.elapsed())
	}
	text := failure(t, "Test", func(t testing.TB) {
		c := talking()
		c.Transfer = talkative{delay: 501 * time.Millisecond}
		s := InState(t, c, tcp.Established, Unwatched())
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Payload: []byte("abc")})
		s.WantACK("abc is acknowledged", IRS+4)
	})
	require.Contains(t, text, "but nothing was sent")
}

func TestAllowACKsPassesOverACKsOnly(t *testing.T) {
	s := InState(t, talking(), tcp.Established, Unwatched())
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Payload: []byte("abc")})
	s.Write("x")
	s.AllowACKs()
	s.WantOneOf("the text is still there", []tcp.Segment{
		{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 4, Payload: []byte("y")},
		{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 4, Payload: []byte("x")},
	})
}

// TestMatching looks at what a wanted segment leaves open.
func TestMatching(t *testing.T) {
	s := New(t, talking())
	got := tcp.Segment{
		Src: s.you, Dst: s.peer, Flags: tcp.ACK | tcp.PSH, Seq: 101, Ack: 301, Window: 9,
		Options: tcp.Options{HasTimestamps: true, TSval: 5, TSecr: 6}, Payload: []byte("x"),
	}
	want := tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 301, Payload: []byte("x")}
	require.True(t, s.matches(&want, &got), "PSH, window and options were not asked for")
	for name, change := range map[string]func(want, got *tcp.Segment){
		"no PSH":         func(want, got *tcp.Segment) { want.Flags |= tcp.PSH; got.Flags = tcp.ACK },
		"a FIN":          func(_, got *tcp.Segment) { got.Flags |= tcp.FIN },
		"another number": func(_, got *tcp.Segment) { got.Seq++ },
		"another ACK":    func(_, got *tcp.Segment) { got.Ack++ },
		"no text":        func(_, got *tcp.Segment) { got.Payload = nil },
		"more text":      func(want, _ *tcp.Segment) { want.Payload = nil },
		"another window": func(want, _ *tcp.Segment) { want.Window = 8 },
		"another port":   func(_, got *tcp.Segment) { got.Src = stranger },
		"another clock":  func(want, _ *tcp.Segment) { want.Options = tcp.Options{HasTimestamps: true, TSecr: 7} },
		"no MSS":         func(want, _ *tcp.Segment) { want.Options.MSS = 536 },
	} {
		w, g := want, got
		change(&w, &g)
		require.False(t, s.matches(&w, &g), name)
	}
}

func TestTimePassesTimerByTimer(t *testing.T) {
	again := tcp.Segment{Flags: tcp.SYN, Seq: ISS}
	s := New(t, plain(plainHandshake{}), Unwatched())
	s.Connect()
	s.Want("SYN", again)
	s.WantAfter("once", time.Second, again)
	s.WantBetween("twice", time.Second, 3*time.Second, again)
	s.WantWithin("thrice", time.Hour, again)
	require.Equal(t, 7*time.Second, s.elapsed(), "WantWithin stops when it comes")
	s.WantSilenceFor("until the next", 8*time.Second-1)
	s.Elapse(1 + 16*time.Second)
	require.Len(t, s.pending, 2)
	require.Equal(t, start.Add(15*time.Second), s.pending[0].at)
	require.Equal(t, start.Add(31*time.Second), s.pending[1].at)
	require.Len(t, s.Take(), 2)
	s.WantSilence("taken")
}

func TestWhoChoosesTheInitialNumber(t *testing.T) {
	s := New(t, plain(plainHandshake{}), OwnISN(), Unwatched())
	s.Connect()
	require.Equal(t, tcp.Seq(7777), s.ISS())
	s.Want("the chapter's own", tcp.Segment{Flags: tcp.SYN, Seq: 7777})

	s = New(t, plain(plainHandshake{}), Unwatched())
	s.Connect()
	s.Want("the script's", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
}

func TestListenersAndTheirChildren(t *testing.T) {
	s := New(t, talking(), Unwatched())
	s.Listen()
	s.WantState(tcp.Listen)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: IRS})
	s.Want("agreed", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: ISS, Ack: IRS + 1})
	s.WantState(tcp.SynReceived)
	require.Nil(t, s.TryAccept())

	s.Send(tcp.Segment{Flags: tcp.RST, Seq: IRS + 1})
	s.WantState(tcp.Listen)
	s.WantDeleted("the child is")
	s.WantSockets("the listener is left", 1)

	s.UsePeer(stranger)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: IRS})
	s.Want("a stranger is answered", tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: ISS, Ack: IRS + 1})
	s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1})
	s.WantState(tcp.Established)
	b := s.Accept()
	require.Equal(t, b, s.TCB())
	require.Equal(t, stranger, b.Remote)
	s.Abort()
	s.WantState(tcp.Closed)
	s.Use(s.Listener())
	s.WantState(tcp.Listen)
	s.Close()
	s.WantSockets("all gone", 0)
}

func TestFixtures(t *testing.T) {
	for state := tcp.Closed; int(state) < tcp.States; state++ {
		t.Run(state.String(), func(t *testing.T) {
			s := InState(t, talking(), state)
			s.WantState(state)
			s.WantSilence("nothing has happened yet")
			if b := s.TCB(); b != nil && state != tcp.Listen {
				s.checkFixture(t, b)
			}
		})
	}
}

// checkFixture looks for what the TCB's documentation promises in every state.
func (s *Script) checkFixture(t *testing.T, b *tcp.TCB) {
	outstanding := map[tcp.State]int{tcp.SynSent: 1, tcp.SynReceived: 1, tcp.FinWait1: 1, tcp.Closing: 1, tcp.LastAck: 1}
	require.Equal(t, outstanding[b.State], b.Snd.Nxt.Sub(b.Snd.Una))
	require.Equal(t, outstanding[b.State] == 1, !b.Timers.Retransmit.IsZero(), "the timer runs while something is outstanding")
	require.Equal(t, b.State == tcp.TimeWait, !b.Timers.TimeWait.IsZero())

	require.Equal(t, b.Snd.FinSent, b.CloseCalled)
	require.Equal(t, b.Rcv.FinSeen, b.Rcv.FinDone)
	ours, theirs := 0, 0
	if b.Snd.FinSent {
		ours = 1
		require.Equal(t, ISS+1, b.Snd.Fin)
	}
	if b.Rcv.FinDone {
		theirs = 1
		require.Equal(t, IRS+1, b.Rcv.Fin)
	}
	require.Equal(t, ISS.Add(1+ours), b.Snd.Nxt)
	if b.State == tcp.SynSent {
		require.Zero(t, b.Snd.Wnd)
		return
	}
	require.Equal(t, IRS.Add(1+theirs), b.Rcv.Nxt)
	require.EqualValues(t, 65535, b.Snd.Wnd)
	require.Equal(t, b.Snd.Wnd, b.Snd.MaxWnd)
	require.Equal(t, MSS, b.Snd.MSS)
	require.EqualValues(t, 32<<10, b.Rcv.Wnd)
}

func TestFixturesAreChanged(t *testing.T) {
	s := InState(t, talking(), tcp.Established,
		Numbers(BelowWrap, 7),
		Configure(func(c *tcp.Config) { c.ReceiveBuffer = 100 }),
		Change(func(b *tcp.TCB) { b.Snd.Wnd = 3 }),
		Change(func(b *tcp.TCB) { b.Snd.Wnd++ }))
	WantEqual(s, "changed twice", "SND.WND", s.TCB().Snd.Wnd, 4)
	WantEqual(s, "configured", "RCV.WND", s.TCB().Rcv.Wnd, 100)
	WantEqual(s, "numbered", "SND.UNA", s.TCB().Snd.Una, BelowWrap+1)
	require.Equal(t, 100, s.Stack().Config().ReceiveBuffer)
}

func TestErrorsAndEndsOfStream(t *testing.T) {
	s := InState(t, talking(), tcp.CloseWait)
	s.WantEOF("the peer has closed")
	s.WantError("nothing went wrong", nil)
	s.Abort()
	s.WantWriteError("it is over", net.ErrClosed)
	s.WantReadError("the end stays", io.EOF)
	s.WantDeleted("aborted")
	s.WantSockets("none left", 0)
}

// TestThePeersState follows the peer through RFC 9293's figures.
func TestThePeersState(t *testing.T) {
	ack := func(seq, ack tcp.Seq) tcp.Segment { return tcp.Segment{Flags: tcp.ACK, Seq: seq, Ack: ack} }
	fin := func(seq, ack tcp.Seq) tcp.Segment { return tcp.Segment{Flags: tcp.ACK | tcp.FIN, Seq: seq, Ack: ack} }
	type step struct {
		fromPeer bool
		segment  tcp.Segment
		want     tcp.State
	}
	open := []step{
		{false, tcp.Segment{Flags: tcp.SYN, Seq: 100}, tcp.SynReceived},
		{true, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 300, Ack: 101}, tcp.SynReceived},
		{false, ack(101, 301), tcp.Established},
	}
	for name, steps := range map[string][]step{
		"figure 12, you close": append(open[:3:3],
			step{false, fin(101, 301), tcp.CloseWait}, step{true, ack(301, 102), tcp.CloseWait},
			step{true, fin(301, 102), tcp.LastAck}, step{false, ack(102, 302), tcp.Closed}),
		"figure 12, the peer closes": append(open[:3:3],
			step{true, fin(301, 101), tcp.FinWait1}, step{false, ack(101, 302), tcp.FinWait2},
			step{false, fin(101, 302), tcp.TimeWait}),
		"figure 13": append(open[:3:3],
			step{true, fin(301, 101), tcp.FinWait1}, step{false, fin(101, 301), tcp.Closing},
			step{false, ack(102, 302), tcp.TimeWait}),
		"figure 7": {
			{true, tcp.Segment{Flags: tcp.SYN, Seq: 300}, tcp.SynSent},
			{false, tcp.Segment{Flags: tcp.SYN, Seq: 100}, tcp.SynReceived},
			{false, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 301}, tcp.SynReceived},
			{true, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 300, Ack: 101}, tcp.SynReceived},
			{false, ack(101, 301), tcp.Established},
		},
		"the peer connects": {
			{true, tcp.Segment{Flags: tcp.SYN, Seq: 300}, tcp.SynSent},
			{false, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: 100, Ack: 301}, tcp.Established},
			{false, tcp.Segment{Flags: tcp.RST, Seq: 101}, tcp.Closed},
		},
		"an out-of-order FIN, a reset": append(open[:3:3],
			step{false, fin(150, 301), tcp.Established}, step{true, tcp.Segment{Flags: tcp.SYN, Seq: 9}, tcp.Established},
			step{false, tcp.Segment{Flags: tcp.SYN, Seq: 9}, tcp.Established},
			step{true, tcp.Segment{Flags: tcp.RST, Seq: 301}, tcp.Closed}),
	} {
		t.Run(name, func(t *testing.T) {
			var p shadow
			for i, s := range steps {
				if s.fromPeer {
					p.sends(&s.segment)
				} else {
					p.receives(&s.segment)
				}
				require.Equal(t, s.want.String(), p.state.String(), "step %d", i)
			}
		})
	}
}

func TestPeerIsOverrulesTheGuess(t *testing.T) {
	s := InState(t, talking(), tcp.TimeWait)
	require.Equal(t, tcp.LastAck, s.shadow.state)
	s.PeerIs(tcp.Closed)
	s.Read(1)
	require.Equal(t, tcp.Closed, s.ladder.Rungs[len(s.ladder.Rungs)-1].Right)
}

func BenchmarkSend(b *testing.B) {
	s := InState(b, talking(), tcp.Established)
	for b.Loop() {
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1})
		s.ladder.Rungs = s.ladder.Rungs[:1]
	}
}
