package script

import (
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// says compares a failure with what it should say, whose lines may be indented
// with tabs.
func says(t *testing.T, got, want string) {
	t.Helper()
	lines := strings.Split(strings.Trim(want, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "\t\t")
	}
	want = strings.TrimRight(strings.Join(lines, "\n"), "\n\t")
	if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("failure (-want +got):\n%s\n%s", d, got)
	}
}

// inChapter makes the test run as if it stood in a chapter.
func inChapter(t *testing.T) {
	t.Helper()
	dir := t.TempDir() + "/02-handshake"
	require.NoError(t, mkdir(dir))
	t.Chdir(dir)
}

var synACK = tcp.Segment{Flags: tcp.SYN | tcp.ACK, Seq: IRS, Ack: ISS + 1}

// TestMessageOfAWrongSegment is the example of what a failure is to look like.
func TestMessageOfAWrongSegment(t *testing.T) {
	inChapter(t)
	says(t, failure(t, "TestStep2_AnswerTheSYNACK", func(t testing.TB) {
		s := New(t, plain(plainHandshake{synSent: acknowledgeTheSYNItself}))
		s.See("RFC 9293 §3.4")
		s.Connect()
		s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
		s.Send(synACK)
		s.Want("a SYN fills one sequence number, so the ACK is irs+1",
			tcp.Segment{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 1},
			IfSilent("not this"),
			IfSent(tcp.Segment{Ack: IRS}, "you acknowledged the SYN's own number; acknowledge the *next* one expected."),
			Likely("nor this"))
	}), `
		step 2.2: a SYN fills one sequence number, so the ACK is irs+1
		segment (-want +got):
		   Seq:     101         (iss+1)
		-  Ack:     301         (irs+1)
		+  Ack:     300         (irs)
		   Flags:   ACK
		so far:   you (iss=100 irs=300)                             peer
		  0.000s  SYN-SENT     Connect(10.0.0.2:80)
		  0.000s  SYN-SENT     --> <SEQ=100><CTL=SYN>               SYN-RECEIVED
		  0.000s  ESTABLISHED  <-- <SEQ=300><ACK=101><CTL=SYN,ACK>  SYN-RECEIVED
		✗ 0.000s  ESTABLISHED  --> <SEQ=101><ACK=300><CTL=ACK>      SYN-RECEIVED
		likely: you acknowledged the SYN's own number; acknowledge the *next*
		        one expected.
		read:   chapters/02-handshake/README.md, step 2 · RFC 9293 §3.4
	`)
}

func acknowledgeTheSYNItself(b *tcp.TCB, seg *tcp.Segment, _ time.Time) {
	b.State, b.Rcv.Nxt = tcp.Established, seg.Seq
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: seg.Seq, Flags: tcp.ACK})
}

// TestMessageOfAStub is what a learner sees first.
func TestMessageOfAStub(t *testing.T) {
	inChapter(t)
	says(t, failure(t, "TestStep1_SendASYN", func(t testing.TB) {
		s := New(t, plain(plainHandshake{open: func(*tcp.TCB, tcp.Seq, time.Time) {}}))
		s.Connect()
		s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
	}), `
		step 2.1: Connect sends a SYN
		want <SEQ=100><CTL=SYN>, but nothing was sent
		so far:   you                                      peer
		  0.000s  CLOSED       Connect(10.0.0.2:80)
		✗ 0.000s  CLOSED       nothing was sent
		read:   chapters/02-handshake/README.md, step 1
	`)
}

func TestMessageOfAWrongState(t *testing.T) {
	says(t, failure(t, "TestFigure6_Open", func(t testing.TB) {
		s := New(t, plain(plainHandshake{}), Reading("RFC 9293 §3.5"))
		s.Connect()
		s.WantState(tcp.Established, IfState(tcp.SynSent, "it takes an answer"), See("RFC 9293, figure 6"))
	}), `
		the socket is in ESTABLISHED now
		want ESTABLISHED: open: data flows both ways
		 got SYN-SENT: SYN sent, waiting for the peer's SYN
		so far:   you (iss=100 irs=300)                    peer
		  0.000s  SYN-SENT     Connect(10.0.0.2:80)
		  0.000s  SYN-SENT     --> <SEQ=100><CTL=SYN>      SYN-RECEIVED
		likely: it takes an answer
		read:   RFC 9293, figure 6
	`)
}

// TestMessageNearTheWrap shows raw and relative numbers on each line.
func TestMessageNearTheWrap(t *testing.T) {
	says(t, failure(t, "TestStep1_Wrap", func(t testing.TB) {
		s := New(t, plain(plainHandshake{}), Numbers(BelowWrap, BelowHalf))
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: s.IRS()})
		s.WantSilence("this is not so")
	}), `
		step 1: this is not so
		want silence, but <SEQ=4294967293><ACK=2147483646><CTL=SYN,ACK> was sent
		so far:   you (iss=4294967293 irs=2147483645)          peer
		  0.000s  LISTEN        Listen(10.0.0.1:80)
		  0.000s  SYN-RECEIVED  <-- <SEQ=2147483645><CTL=SYN>  SYN-SENT     irs
		✗ 0.000s  SYN-RECEIVED  --> <SEQ=4294967293><ACK=2147483646><CTL=SYN,ACK>  ESTABLISHED  iss irs+1
	`)
}

func TestMessageOfALongLadderIsCut(t *testing.T) {
	text := failure(t, "TestStep1_Long", func(t testing.TB) {
		s := New(t, plain(plainHandshake{}))
		s.Connect()
		for range 40 {
			s.Elapse(time.Hour)
			s.Take()
		}
		s.Want("an answer", synACK, Likely(strings.Repeat("many words ", 30)))
	})
	require.Contains(t, text, "rungs left out …")
	require.Equal(t, 24, strings.Count(text, "\n")+2)
}

// TestMessages sees every other way of failing once.
func TestMessages(t *testing.T) {
	established := func(t testing.TB) *Script { return InState(t, talking(), tcp.Established) }
	ackOf := func(n tcp.Seq) tcp.Segment { return tcp.Segment{Flags: tcp.ACK, Seq: ISS + 1, Ack: n} }
	cases := map[string]struct {
		script func(t testing.TB)
		want   []string
	}{
		"one segment too many": {func(t testing.TB) {
			s := established(t)
			s.Write("ab")
			s.WantAll("two", []tcp.Segment{{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 1, Payload: []byte("a")}})
		}, []string{"want nothing more, but <SEQ=102><ACK=301><LEN=1><CTL=ACK> was sent"}},
		"other text": {func(t testing.TB) {
			s := established(t)
			s.Write("x")
			s.Want("y", tcp.Segment{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 1, Payload: []byte("y")})
		}, []string{`-  Payload: "y", 1 bytes in all`, `+  Payload: "x", 1 bytes in all`}},
		"another address": {func(t testing.TB) {
			s := established(t)
			s.Write("x")
			s.UsePeer(stranger)
			s.WantText("to a stranger", ISS+1, IRS+1, "x")
		}, []string{"-  Dst:     192.0.2.9:9", "+  Dst:     10.0.0.2:80"}},
		"a listener on every address": {func(t testing.TB) {
			s := New(t, plain(plainHandshake{}))
			s.TryListen(netip.AddrPortFrom(netip.Addr{}, ServerPort), 8)
			s.WantSockets("none", 0)
		}, []string{"Listen(*:80)"}},
		"an answer from every address": {func(t testing.TB) {
			s := established(t)
			s.TCB().Local = netip.AddrPortFrom(netip.Addr{}, ClientPort)
			s.Write("x")
			s.WantText("from one", ISS+1, IRS+1, "x")
		}, []string{"+  Src:     *:50000"}},
		"a socket at every address": {func(t testing.TB) {
			s := established(t)
			WantEqual(s, "the child is at one", "b.Local", netip.AddrPortFrom(netip.Addr{}, 80), stranger)
		}, []string{"want b.Local = 192.0.2.9:9, got *:80"}},
		"a peer that is nobody": {func(t testing.TB) {
			s := New(t, plain(plainHandshake{}))
			s.TryConnect(netip.AddrPortFrom(You, ClientPort), netip.AddrPort{})
			s.WantSockets("none", 0)
		}, []string{"Connect(*)"}},
		"another window": {func(t testing.TB) {
			s := established(t)
			s.Write("x")
			s.WantFirst("small", tcp.Segment{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 1, Payload: []byte("x"), Window: 7})
		}, []string{"-  Window:  7", "+  Window:  32768"}},
		"no option": {func(t testing.TB) {
			s := New(t, plain(plainHandshake{}))
			s.Connect()
			s.Want("scaled", tcp.Segment{Flags: tcp.SYN, Seq: ISS, Options: tcp.Options{HasWindowScale: true, WindowScale: 3}})
		}, []string{"-  Options: {wscale 3}", "+  Options: none"}},
		"text cut short": {func(t testing.TB) {
			s := established(t)
			s.Write("abc")
			s.WantText("all of it", ISS+1, IRS+1, "abcd")
		}, []string{"want <SEQ=104><ACK=301><LEN=1><CTL=ACK>, but nothing was sent"}},
		"no ACK, even late": {func(t testing.TB) {
			s := established(t)
			s.WantACK("text is acknowledged", IRS+6)
		}, []string{"want <SEQ=101><ACK=306><CTL=ACK>, but nothing was sent", "✗ 0.500s"}},
		"a choice": {func(t testing.TB) {
			s := established(t)
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Payload: []byte("now")})
			s.WantOneOf("neither", []tcp.Segment{ackOf(IRS), ackOf(IRS + 3)})
		}, []string{"-  Ack:     300", "+  Ack:     302"}},
		"too early": {func(t testing.TB) {
			s := New(t, plain(plainHandshake{}))
			s.Connect()
			s.Want("SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
			s.WantAfter("again", 2*time.Second, tcp.Segment{Flags: tcp.SYN, Seq: ISS})
		}, []string{"want 2s of silence first, but after 1s came <SEQ=100><CTL=SYN>", "✗ 1.000s"}},
		"too late": {func(t testing.TB) {
			s := New(t, plain(plainHandshake{}))
			s.Connect()
			s.Want("SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
			s.WantWithin("again", 900*time.Millisecond, tcp.Segment{Flags: tcp.SYN, Seq: ISS}, IfSilent("slow"))
		}, []string{"but nothing was sent", "✗ 0.900s", "likely: slow"}},
		"no silence": {func(t testing.TB) {
			s := New(t, plain(plainHandshake{}))
			s.Connect()
			s.Take()
			s.WantSilenceFor("rest", time.Minute, IfSent(tcp.Segment{Flags: tcp.SYN}, "it is sent again"))
		}, []string{"want silence for 1m0s, but <SEQ=100><CTL=SYN> was sent", "likely: it is sent again"}},
		"not deleted": {func(t testing.TB) {
			s := established(t)
			s.WantDeleted("over")
		}, []string{"want the socket deleted, but it is in ESTABLISHED: open"}},
		"left in the table": {func(t testing.TB) {
			s := established(t)
			s.TCB().State = tcp.Closed
			s.WantDeleted("over")
		}, []string{"want the socket deleted, but it is still in the table"}},
		"a timer left": {func(t testing.TB) {
			s := InState(t, talking(), tcp.Established)
			s.Abort()
			s.TCB().Timers.TimeWait = s.Now().Add(time.Second)
			s.WantDeleted("over")
		}, []string{"want the socket deleted, but a timer of it will expire in 1s"}},
		"sockets": {func(t testing.TB) {
			established(t).WantSockets("gone", 0)
		}, []string{"sockets in the table: want 0, got 1"}},
		"a variable": {func(t testing.TB) {
			s := established(t)
			WantEqual(s, "the window", "SND.WND", s.TCB().Snd.Wnd, 7)
		}, []string{"want SND.WND = 7, got 65535"}},
		"a timer that is stopped": {func(t testing.TB) {
			s := established(t)
			WantEqual(s, "it runs", "the timer", s.TCB().Timers.TimeWait.Sub(s.Now()), time.Second)
		}, []string{"want the timer = 1s, got stopped"}},
		"accept": {func(t testing.TB) {
			s := InState(t, talking(), tcp.Listen)
			s.Accept()
		}, []string{"want a connection that was established, but the accept queue is empty"}},
		"a refused connect": {func(t testing.TB) {
			New(t, stack.Chapters{}).Connect()
		}, []string{"Connect\nwant no error, got \"function not implemented\""}},
		"a refused fixture": {func(t testing.TB) {
			InState(t, stack.Chapters{}, tcp.Established)
		}, []string{"a socket is bound and found: chapter 1\nwant no error"}},
		"a short write": {func(t testing.TB) {
			s := InState(t, talking(), tcp.Established, Configure(func(c *tcp.Config) { c.SendBuffer = 3 }))
			s.Write("abcdef")
		}, []string{"want 6 bytes queued, but the socket took 3"}},
		"other text read": {func(t testing.TB) {
			s := established(t)
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Payload: []byte("0123456789abcdef")})
			s.WantRead("the text", "0123456789abcdeX")
		}, []string{"read (-want +got):", `-  "789abcdeX" from byte 7 on, 16 bytes in all`, `+  "789abcdef" from byte 7 on, 16 bytes in all`}},
		"no end of stream": {func(t testing.TB) {
			established(t).WantEOF("closed")
		}, []string{`want Read to return "EOF", got no error`}},
		"text instead of the end": {func(t testing.TB) {
			s := established(t)
			s.Send(tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1, Payload: []byte("more")})
			s.WantEOF("closed")
		}, []string{`want Read to return "EOF", but it returned "more"`}},
		"a write that succeeds": {func(t testing.TB) {
			established(t).WantWriteError("closed", net.ErrClosed)
		}, []string{`want Write to return "use of closed network connection", got no error`}},
		"another end": {func(t testing.TB) {
			established(t).WantError("refused", syscall.ECONNREFUSED)
		}, []string{`want the application told "connection refused", got no error`}},
		"the test's own way": {func(t testing.TB) {
			established(t).Fail("because", "it is so", Likely("this"))
		}, []string{"because\nit is so\n", "likely: this"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text := failure(t, "TestMessages", c.script)
			for _, want := range c.want {
				require.Contains(t, text, want)
			}
		})
	}
}

// TestGeneralHints sees what is said when no hint of the test's own fits.
func TestGeneralHints(t *testing.T) {
	base := tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 301}
	with := func(change func(*tcp.Segment)) *tcp.Segment {
		seg := base
		change(&seg)
		return &seg
	}
	require.Contains(t, general(&base, with(func(s *tcp.Segment) { s.Flags = 0 }), tcp.ACK), "set ACK")
	for _, upon := range []tcp.Flags{0, tcp.ACK, tcp.SYN, tcp.FIN | tcp.ACK} {
		for _, ack := range []tcp.Seq{300, 302} {
			says := general(&base, with(func(s *tcp.Segment) { s.Ack = ack }), upon)
			require.Contains(t, says, "*next* number")
			require.Equal(t, upon.Any(tcp.SYN|tcp.FIN), strings.Contains(says, "take one number each"))
		}
	}
	require.Contains(t, general(&base, with(func(s *tcp.Segment) { s.Seq-- }), 0), "a pure ACK takes none")
	require.Empty(t, general(&base, with(func(s *tcp.Segment) { s.Seq += 9 }), 0))
	require.Empty(t, general(&base, with(func(s *tcp.Segment) { s.Flags = tcp.RST }), 0))
	for _, flags := range []tcp.Flags{tcp.SYN, tcp.SYN | tcp.ACK, tcp.RST, tcp.RST | tcp.ACK} {
		want, got := base, base
		want.Flags, got.Flags, got.Seq = flags, flags, want.Seq+1
		says := general(&want, &got, tcp.SYN)
		require.NotContains(t, says, "a pure ACK takes none")
		require.Equal(t, flags.Has(tcp.SYN), strings.Contains(says, "the number ISS"))
	}
}

func TestHintsInTheirOrder(t *testing.T) {
	hints := []Hint{If(false, "a"), IfState(tcp.Closing, "b"), See("there"), If(true, "c"), Likely("d")}
	says, see := choose(hints, found{state: tcp.Listen})
	require.Equal(t, "c", says)
	require.Equal(t, "there", see)
	says, _ = choose(hints, found{state: tcp.Closing})
	require.Equal(t, "b", says)
}

func TestAScriptWithoutASocketIsToldSo(t *testing.T) {
	for _, call := range []func(*Script){(*Script).Close, (*Script).CloseWrite, (*Script).Abort} {
		text := failure(t, "Test", func(t testing.TB) { call(New(t, talking())) })
		require.Contains(t, text, "needs a socket")
	}
	require.Contains(t, failure(t, "Test", func(t testing.TB) { New(t, talking()).TryAccept() }), "needs a Listen")
}
