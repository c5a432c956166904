package transfer

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep3_TextInOrder(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 0, "hello "))
	s.Send(peerData(s, 6, "world"))
	script.WantEqual(s, "eleven octets have arrived", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+11,
		script.If(s.TCB().Rcv.Nxt == rcvNxt, "RCV.NXT is the next number expected: it advances over what arrives"))
	s.WantRead("the application gets them", "hello world")
}

func TestStep3_RightEdgeStays(t *testing.T) {
	s := givenEstablished(t)
	b := s.TCB()
	before := b.Rcv.Wnd
	seg := peerData(s, 0, sampleText(1000))
	Chapter{}.Receive(b, &seg, s.Now())
	script.WantEqual(s, "1000 octets arrived", "RCV.NXT", b.Rcv.Nxt, rcvNxt+1000)
	script.WantEqual(s, "1000 of the window are used up; nothing new was announced", "RCV.WND", b.Rcv.Wnd, before-1000,
		script.Likely("the window's right edge is a promise: when RCV.NXT advances by n, RCV.WND shrinks by n"))
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
		script.Likely("cut off RCV.NXT - SEG.SEQ octets at the front; the rest is new"))
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

func TestStep3_SeveralHoles(t *testing.T) {
	s := givenEstablished(t)
	s.Send(peerData(s, 9, "9"))
	s.Send(peerData(s, 3, "34"))
	s.Send(peerData(s, 6, "67"))
	s.Send(peerData(s, 4, "456"))
	s.Send(peerData(s, 0, "0123"))
	script.WantEqual(s, "8 is missing", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+8)
	s.Send(peerData(s, 7, "789"))
	s.WantRead("in order, each once", "0123456789")
}

// Pieces of a text arrive in any order, overlapping and again and again.
func TestStep3_AnyOrder(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		s := givenEstablished(t)
		whole := sampleText(3000)
		for s.TCB().Rcv.Nxt != rcvNxt.Add(len(whole)) {
			from := random.IntN(len(whole))
			if random.IntN(4) == 0 {
				from = s.TCB().Rcv.Nxt.Sub(rcvNxt) // what is missing
			}
			to := min(len(whole), from+1+random.IntN(300))
			before := s.TCB().Rcv.Nxt
			s.Send(peerData(s, from, whole[from:to]))
			if from <= before.Sub(rcvNxt) && to > before.Sub(rcvNxt) && s.TCB().Rcv.Nxt.Less(rcvNxt.Add(to)) {
				s.Fail("the missing octets have arrived", "RCV.NXT did not advance over them")
			}
			s.Take()
		}
		got, _ := s.Read(len(whole) + 1)
		if got != whole {
			s.Fail("every octet once and in order",
				fmt.Sprintf("the text that was read is not the one that was sent (seed %d of 50, which are the same in every run)", seed),
				script.Likely("look at pieces that overlap two blocks, or one from both sides"))
		}
	}
}

func TestStep3_BeyondTheWindow(t *testing.T) {
	s := givenEstablished(t, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 10 }))
	s.Send(peerData(s, 5, "56789ABCDE"))
	s.Send(peerData(s, 0, "01234"))
	script.WantEqual(s, "ten octets fit the window", "RCV.NXT", s.TCB().Rcv.Nxt, rcvNxt+10,
		script.If(rcvNxt.Add(10).Less(s.TCB().Rcv.Nxt), "cut off what lies beyond RCV.NXT+RCV.WND: there is no room for it"))
	s.WantRead("and no more", "0123456789")
}

func TestStep3_TextThatNobodyAnnounced(t *testing.T) {
	s := givenEstablished(t, script.Change(func(b *tcp.TCB) { b.Rcv.FinSeen, b.Rcv.Fin = true, rcvNxt+5 }))
	s.Send(peerData(s, 0, "hello, and more"))
	s.WantRead("the peer's FIN has number RCV.NXT+5", "hello",
		script.Likely("nothing can follow a FIN: cut text off at b.Rcv.Fin, once b.Rcv.FinSeen is set"))

	s = script.InState(t, chapters, tcp.CloseWait)
	nxt := s.TCB().Rcv.Nxt
	s.Send(tcp.Segment{Seq: nxt, Ack: s.TCB().Snd.Nxt, Flags: tcp.ACK, Payload: []byte("x")})
	script.WantEqual(s, "the peer's FIN was taken: what comes after it is ignored", "RCV.NXT", s.TCB().Rcv.Nxt, nxt,
		script.Likely("b.Rcv.FinDone says that the peer's text has ended"))
}

func TestStep3_Wraps(t *testing.T) {
	givenNumbersThatWrap(t, func(t *testing.T, s *script.Script) {
		s.Send(peerData(s, 5, "world"))
		s.Send(peerData(s, 0, "h"))
		s.Send(peerData(s, 0, "hel"))
		s.Send(peerData(s, 2, "llow"))
		s.WantRead("in order, where numbers wrap", "helloworld",
			script.Likely("compare sequence numbers with Less and LessEq, and count with Sub, never with < and -"))
	})
}
