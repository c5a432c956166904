package transfer

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep3_TextInOrder(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "hello "))
	s.Send(peerData(s, 6, "world"))
	script.WantEqual(s, "eleven bytes have arrived", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+11,
		script.If(s.TCB().Rcv.Nxt == rcvNxt, "RCV.NXT is the next number expected: it advances over what arrives"))
	s.WantRead("the application gets them", "hello world")
}

func TestStep3_RightEdgeStays(t *testing.T) {
	s := givenEstablished(t)
	b := s.TCB()
	before := b.Rcv.Wnd
	seg := peerData(s, 0, givenText(1000))
	Chapter{}.Receive(b, &seg, s.Now())
	script.WantEqual(s, "Receive is called with SEQ=irs+1 LEN=1000", "RCV.NXT", b.Rcv.Nxt, rcvNxt+1000)
	script.WantEqual(s, "SEQ=irs+1 LEN=1000: 1000 of the window are used up; nothing new was announced", "RCV.WND", b.Rcv.Wnd, before-1000,
		script.Likely("the window's right edge is a promise: when RCV.NXT advances by n, RCV.WND shrinks by n"))
	for _, offset := range []int{2000, 1000} {
		seg := peerData(s, offset, givenText(1000))
		Chapter{}.Receive(b, &seg, s.Now())
	}
	script.WantEqual(s, "then SEQ=irs+2001 LEN=1000, and SEQ=irs+1001 LEN=1000, which fills the hole", "RCV.NXT", b.Rcv.Nxt, rcvNxt+3000)
	script.WantEqual(s, "what waited beyond a hole uses the window up as well", "RCV.WND", b.Rcv.Wnd, before-3000,
		script.Likely("RCV.WND shrinks by as much as RCV.NXT advances, also over text that waited"))
}

func TestStep3_SameTextTwice(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "hello"))
	s.Send(peerData(s, 0, "hello"))
	s.WantRead("once", "hello", script.Likely("text before RCV.NXT was received already: cut it off"))
	script.WantEqual(s, "nothing new the second time", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+5)
}

func TestStep3_OverlappingText(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "hello"))
	s.Send(peerData(s, 3, "lo world"))
	s.WantRead("what overlaps counts once", "hello world",
		script.Likely("cut off RCV.NXT - SEG.SEQ bytes at the front; the rest is new"))
}

func TestStep3_Hole(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 5, "world"))
	script.WantEqual(s, "beyond a hole", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt,
		script.Likely("RCV.NXT never jumps over what is missing"))
	s.WantReadError("nothing to read before the hole is filled", nil)
	s.Send(peerData(s, 0, "hello"))
	s.WantRead("now both are there", "helloworld",
		script.Likely("keep what comes early, and take it when RCV.NXT reaches it: the peer should not have to send it again"))
	script.WantEqual(s, "over both", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+10)
}

// All the ways in which a piece can meet those that came before it.
func TestStep3_SeveralHoles(t *testing.T) {
	const whole = "0123456789"
	type piece struct{ from, to int }
	for _, c := range []struct {
		name   string
		pieces []piece
		want   int // how far the text has come in the end
	}{
		{"hole filled between two pieces", []piece{{2, 3}, {4, 6}, {3, 4}, {0, 2}}, 6},
		{"second hole stays", []piece{{3, 5}, {7, 9}, {0, 3}}, 5},
		{"second hole filled first", []piece{{7, 9}, {3, 5}, {5, 7}, {0, 3}}, 9},
		{"pieces in falling order", []piece{{9, 10}, {7, 8}, {5, 6}, {3, 4}, {1, 2}, {0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}}, 10},
		{"piece within another", []piece{{3, 9}, {5, 7}, {0, 3}}, 9},
		{"piece around another", []piece{{5, 7}, {3, 9}, {0, 3}}, 9},
		{"piece overlaps the beginning of another", []piece{{5, 9}, {3, 7}, {0, 3}}, 9},
		{"piece overlaps the end of another", []piece{{3, 7}, {5, 9}, {0, 3}}, 9},
		{"piece overlaps two", []piece{{3, 5}, {7, 9}, {4, 8}, {0, 3}}, 9},
		{"piece around three", []piece{{3, 4}, {5, 6}, {7, 8}, {3, 9}, {0, 3}}, 9},
		{"next text reaches over one piece into another", []piece{{3, 5}, {7, 9}, {0, 8}}, 9},
		{"next text reaches over all pieces", []piece{{3, 5}, {7, 8}, {0, 9}}, 9},
		{"text waits unread before the hole", []piece{{0, 3}, {5, 7}, {3, 5}}, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := givenEstablished(t)
			for _, p := range c.pieces {
				s.Send(peerData(s, p.from, whole[p.from:p.to]))
			}
			says := script.Likely("keep b.Rcv.Blocks sorted and apart, merge those that overlap or touch, and take every one that RCV.NXT has reached")
			script.WantEqual(s, "as far as there is no hole", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt.Add(c.want), says)
			s.WantRead("in order, each once", whole[:c.want],
				script.Likely("an early byte's place in b.Rcv.Queue is Len + SEG.SEQ - RCV.NXT behind its front"))
		})
	}
}

// Pieces of a text arrive in any order, overlapping and again and again.
func TestStep3_AnyOrder(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := givenEstablished(t)
		if seed%2 == 1 {
			s = givenEstablished(t, script.Numbers(script.BelowHalf, script.BelowWrap))
		}
		arrived := func() int { return s.TCB().Rcv.Nxt.Sub(s.IRS()) - 1 }
		whole := givenText(3000)
		for arrived() != len(whole) {
			from := random.IntN(len(whole))
			if random.IntN(4) == 0 {
				from = arrived() // what is missing
			}
			to := min(len(whole), from+1+random.IntN(300))
			before := arrived()
			s.Send(peerData(s, from, whole[from:to]))
			if from <= before && to > before && arrived() < to {
				s.Fail("the missing bytes have arrived", fmt.Sprintf("RCV.NXT did not advance over them (seed %d of 20)", seed),
					script.Likely("what begins before RCV.NXT and ends after it is new from RCV.NXT on"))
			}
			s.Take()
		}
		got, _ := s.Read(len(whole) + 1)
		if got != whole {
			s.Fail("every byte once and in order",
				fmt.Sprintf("the text that was read is not the one that was sent (seed %d of 20, which are the same in every run)", seed),
				script.Likely("look at pieces that overlap two blocks, or one from both sides"))
		}
	}
}

func TestStep3_BeyondTheWindow(t *testing.T) {
	for arrives, pieces := range map[string][]string{
		"SEQ=irs+1 LEN=15 into a window of 10":                        {"0123456789ABCDE"},
		"SEQ=irs+6 LEN=10, then SEQ=irs+1 LEN=5, into a window of 10": {"56789ABCDE", "01234"},
	} {
		// The buffer is larger than the window: what was not announced does not count.
		s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Rcv.Wnd = 10 }))
		b := s.TCB()
		for _, text := range pieces {
			seg := peerData(s, strings.Index("0123456789ABCDE", text), script.Text(text))
			Chapter{}.Receive(b, &seg, s.Now())
		}
		script.WantEqual(s, arrives+": ten bytes fit", "RCV.NXT", b.Rcv.Nxt, rcvNxt+10,
			script.If((rcvNxt+10).Less(b.Rcv.Nxt), "cut off what lies at RCV.NXT+RCV.WND and beyond: it was not announced"))
		script.WantEqual(s, arrives+": ten bytes, and no more", "RCV.WND", b.Rcv.Wnd, 0)
		s.WantRead(arrives+": those ten", "0123456789")
	}
}

// With scaling a window reaches further than sixteen bits can say.
func TestStep3_LargeWindow(t *testing.T) {
	s := givenEstablished(t, script.Unstamped(), script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 200_000 }),
		script.Change(func(b *tcp.TCB) { b.Scaling, b.Rcv.Scale, b.Rcv.Wnd = true, 2, 200_000 }))
	b, whole := s.TCB(), givenText(90_010)
	for _, piece := range [][2]int{{90_000, 90_010}, {0, 30_000}, {30_000, 60_000}, {60_000, 90_000}} {
		seg := peerData(s, piece[0], script.Text(whole[piece[0]:piece[1]]))
		Chapter{}.Receive(b, &seg, s.Now())
	}
	script.WantEqual(s, "ten bytes arrived 90000 bytes ahead, in a window of 200000, and then what was missing", "RCV.NXT",
		b.Rcv.Nxt, rcvNxt+90_010,
		script.Likely("the window ends at RCV.NXT+RCV.WND, and RCV.WND is b.Rcv.Wnd: all 32 bits of it, in bytes"))
	s.WantRead("all of it, in order", whole)
}

// A window of 0 takes nothing, and the peer is to be told so.
func TestStep3_ClosedWindowTakesNothing(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 5 }))
	s.Send(peerData(s, 0, "hello"))
	probe := peerData(s, 5, "?")
	s.TCB().Delayed = tcp.DelayedACK{}
	Chapter{}.Receive(s.TCB(), &probe, s.Now())
	script.WantEqual(s, "Receive is called with SEQ=irs+6 LEN=1, and the window is closed: there is no room", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+5)
	script.WantEqual(s, "SEQ=irs+6 LEN=1 with a closed window: the peer asks how things stand", "b.Delayed.Now", s.TCB().Delayed.Now, true,
		script.Likely("text cut off on the right asks for an ACK at once: it tells the peer the window"))
	s.WantRead("what had room", "hello")

	s = givenEstablished(t, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 5 }))
	tooMuch := peerData(s, 0, "hello, and more")
	s.TCB().Delayed = tcp.DelayedACK{}
	Chapter{}.Receive(s.TCB(), &tooMuch, s.Now())
	script.WantEqual(s, "Receive is called with SEQ=irs+1 LEN=15, and the window is 5: a part of it has room", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+5)
	script.WantEqual(s, "SEQ=irs+1 LEN=15 into a window of 5: the peer goes too far, and should know how far it may go", "b.Delayed.Now", s.TCB().Delayed.Now, true,
		script.Likely("text cut off on the right asks for an ACK at once, also when a part of it was taken"))
}

// A peer, or whoever speaks in its name, may send every other byte.
func TestStep3_ManyHoles(t *testing.T) {
	s := givenEstablished(t)
	b, whole := s.TCB(), givenText(3001)
	for at := 1; at < len(whole); at += 2 {
		seg := peerData(s, at, whole[at:at+1])
		Chapter{}.Receive(b, &seg, s.Now())
	}
	if n := len(b.Rcv.Blocks); n >= 1000 {
		s.Fail("fifteen hundred bytes, each beyond a hole", fmt.Sprintf("there are %d blocks", n),
			script.Likely("bound b.Rcv.Blocks to a few hundred, and drop what would make more: it will come again"))
	}
	for at := 0; at < len(whole); at += 1000 {
		s.Send(peerData(s, at, whole[at:min(at+1000, len(whole))]))
	}
	s.WantRead("all of it comes again, and nothing is lost", whole,
		script.Likely("text that is dropped must leave no trace in b.Rcv.Blocks"))
}

// The hole at RCV.NXT must always be filled, or nothing would ever move again.
func TestStep3_FullListTakesWhatIsNext(t *testing.T) {
	s := givenEstablished(t)
	b, whole := s.TCB(), givenText(3001)
	for at := 4; at < len(whole); at += 2 {
		seg := peerData(s, at, whole[at:at+1])
		Chapter{}.Receive(b, &seg, s.Now())
	}
	s.Send(peerData(s, 0, whole[:2])) // next, and touches no block
	script.WantEqual(s, "however many blocks there are, what is next is taken", "RCV.NXT", b.Rcv.Nxt, rcvNxt+2,
		script.If(len(b.Rcv.Blocks) == 0, "write Receive: text that is next advances RCV.NXT, text beyond a hole makes a block"),
		script.Likely("drop only what would make one block more: text at RCV.NXT makes none"))
}

func TestStep3_TextThatNobodyAnnounced(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Rcv.FinSeen, b.Rcv.Fin = true, rcvNxt+5 }))
	s.Send(peerData(s, 0, "hello, and more"))
	s.WantRead("the peer's FIN has number RCV.NXT+5", "hello",
		script.Likely("nothing can follow a FIN: cut text off at b.Rcv.Fin, once b.Rcv.FinSeen is set"))

	s = givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Rcv.FinSeen, b.Rcv.Fin = true, rcvNxt+5 }))
	s.Send(peerData(s, 3, "lo, and more"))
	s.Send(peerData(s, 0, "hel"))
	s.WantRead("also when it comes before its turn", "hello",
		script.Likely("nothing can follow a FIN: cut text off at b.Rcv.Fin, once b.Rcv.FinSeen is set"))

	s = script.InState(t, chapters, tcp.CloseWait)
	nxt := s.TCB().Rcv.Nxt
	s.Send(tcp.Segment{Seq: nxt, Ack: s.TCB().Snd.Nxt, Flags: tcp.ACK, Payload: []byte("x")})
	script.WantEqual(s, "the peer's FIN was taken: what comes after it is ignored", "RCV.NXT", s.TCB().Rcv.Nxt, nxt,
		script.Likely("b.Rcv.FinDone says that the peer's text has ended"))
}

func TestStep3_Wraps(t *testing.T) {
	says := script.Likely("if the other tests of this step pass, compare sequence numbers with Less and LessEq, and count with Sub, never with < and -")
	for _, next := range []string{"h", "hel"} {
		givenNumbersThatWrap(t, func(t *testing.T, s *script.Script) {
			s.Send(peerData(s, 5, "wo"))
			s.Send(peerData(s, 1, "e"))
			s.Send(peerData(s, 8, "ld"))
			s.Send(peerData(s, 0, next))
			script.WantEqual(s, "where numbers wrap", "RCV.NXT", s.TCB().Rcv.Nxt, s.IRS().Add(1+max(len(next), 2)), says)
			s.Send(peerData(s, 0, "hel"))
			s.Send(peerData(s, 1, "ellow"))
			s.Send(peerData(s, 0, "hello"))
			s.Send(peerData(s, 7, "r"))
			s.WantRead("in order, where numbers wrap", "helloworld", says)
		})
	}
}

// Early text overlaps early text, and one of the two ends beyond the wrap.
func TestStep3_BlocksWrap(t *testing.T) {
	whole := givenText(12)
	for before := range 14 { // so many numbers before 2^31 and 2^32
		for _, wrap := range []tcp.Seq{1 << 31, 0} {
			for _, pieces := range [][4]int{{2, 4, 3, 12}, {3, 12, 2, 4}, {2, 12, 3, 6}} {
				s := givenEstablished(t, script.Numbers(iss, wrap.Add(-before-1)))
				s.Send(peerData(s, pieces[0], whole[pieces[0]:pieces[1]]))
				s.Send(peerData(s, pieces[2], whole[pieces[2]:pieces[3]]))
				s.Send(peerData(s, 0, whole[:2]))
				s.WantRead("two early pieces that overlap, where numbers wrap", whole,
					script.Likely("if the other tests of this step pass, the end of two blocks that overlap is the later one "+
						"as sequence numbers go: Seq.Max, not max"))
			}
		}
	}
}

// Text may come with a FIN, and with bits that mean nothing here.
func TestStep3_OtherBits(t *testing.T) {
	for _, also := range []tcp.Flags{0, tcp.PSH, tcp.URG, tcp.FIN, tcp.FIN | tcp.PSH, tcp.ECE | tcp.CWR} {
		s := givenEstablished(t)
		seg := peerData(s, 0, "hello")
		seg.Flags |= also
		Chapter{}.Receive(s.TCB(), &seg, s.Now())
		script.WantEqual(s, "text in a segment with "+seg.Flags.String(), "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+5,
			script.Likely("text is taken whatever bits its segment has: what stands before a FIN is text like any other"))
	}
}

func TestStep3_FINWraps(t *testing.T) {
	for before := range 40 {
		for _, wrap := range []tcp.Seq{1 << 31, 0} {
			s := givenEstablished(t, script.Numbers(iss, wrap.Add(-before-1)))
			b := s.TCB()
			b.Rcv.FinSeen, b.Rcv.Fin = true, b.Rcv.Nxt.Add(5)
			b.Rcv.Wnd = 20
			s.Send(peerData(s, 0, "hello, and more"))
			s.WantRead("the peer's FIN has number RCV.NXT+5, where numbers wrap", "hello",
				script.Likely("if the other tests of this step pass, compare b.Rcv.Fin with the window's edge with Less, not with <"))
		}
	}
}

func TestStep3_OneByteIsKnown(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "abc"))
	script.WantEqual(s, "three bytes", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+3)
	s.Send(peerData(s, 2, "cde"))
	script.WantEqual(s, "the first of three is there already, the other two are next", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+5,
		script.Likely("cut off what lies before RCV.NXT, be it a single byte: then the rest begins at RCV.NXT, and is next"))
	s.WantRead("each byte once", "abcde")
}

// Early pieces join, and those behind them are still there.
func TestStep3_LaterBlocksStay(t *testing.T) {
	whole := givenText(12)
	s := givenEstablished(t)
	for _, piece := range [][2]int{{2, 4}, {8, 12}, {3, 6}, {0, 2}, {6, 8}} {
		s.Send(peerData(s, piece[0], whole[piece[0]:piece[1]]))
	}
	s.WantRead("a piece joins another, and a third lies behind both", whole,
		script.Likely("a block takes the place of those that it overlaps or touches, and of no others: what lies behind them in b.Rcv.Blocks stays"))
}

// The bound is no secret between us and ourselves: the peer needs each of its duplicates.
func TestStep3_EachEarlyPieceIsAnswered(t *testing.T) {
	s := givenEstablished(t)
	b := s.TCB()
	for n := range 1000 {
		early := peerData(s, 2*n+1, "x")
		Chapter{}.Receive(b, &early, s.Now())
		if !b.Delayed.Now {
			s.Fail("each of these lies beyond a hole", fmt.Sprintf("b.Delayed.Now is not set for piece %d", n+1),
				script.Likely("text beyond a hole asks for an ACK at once, also when it is dropped because there are too many blocks (RFC 5681 §4.2)"))
		}
		b.Delayed = tcp.DelayedACK{}
	}
}
