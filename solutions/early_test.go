package solutions_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// Text and FIN on a SYN, segment by segment: RFC 9293 §3.10.7.2 and §3.10.7.3 queue
// them until the connection is ESTABLISHED, and RCV.NXT is SEG.SEQ+1 until then.
//
//	    client                                           server
//	1.  SYN-SENT     --> <SEQ=300><LEN=40><CTL=SYN>          SYN-RECEIVED
//	2.  ESTABLISHED  <-- <SEQ=100><ACK=301><CTL=SYN,ACK>     SYN-RECEIVED
//	3.  ESTABLISHED  --> <SEQ=301><ACK=101>[<LEN=40>]        ESTABLISHED
//	4.  ESTABLISHED  <-- <SEQ=101><ACK=341><CTL=ACK>         ESTABLISHED

var early = strings.Repeat("early", 8) // 40 bytes

// earlySYN makes a socket in SYN-RECEIVED whose peer's SYN has brought text, by a
// listener or by SYNs that crossed.
func earlySYN(t *testing.T, passive bool, fin tcp.Flags) *script.Script {
	t.Helper()
	s := script.New(t, solutions.Chapters())
	if passive {
		s.Listen()
	} else {
		s.Connect()
		s.Want("our SYN", tcp.Segment{Seq: 100, Flags: tcp.SYN})
	}
	s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN | fin, Payload: []byte(early)})
	s.Want("line 2: the SYN is acknowledged, and nothing else", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
	s.WantState(tcp.SynReceived)
	return s
}

// readEarly wants the application to read this, and then the end if eof says so.
func readEarly(s *script.Script, text string, eof bool) {
	if s.Listener() != nil {
		s.Accept()
	}
	s.WantRead("the text of the SYN comes first", text)
	if eof {
		s.WantEOF("then the end")
	}
}

func TestTextOnASYN(t *testing.T) {
	for _, passive := range []bool{true, false} {
		for _, c := range []struct {
			name   string
			third  tcp.Segment
			atOnce bool // whether the answer may not be put off
			ack    tcp.Seq
			text   string
		}{
			{"a bare ACK", tcp.Segment{Seq: 301, Flags: tcp.ACK}, false, 341, early},
			{"an ACK behind the text", tcp.Segment{Seq: 341, Flags: tcp.ACK}, false, 341, early},
			{"the text again", tcp.Segment{Seq: 301, Flags: tcp.ACK, Payload: []byte(early)}, true, 341, early},
			{"half of the text again", tcp.Segment{Seq: 301, Flags: tcp.ACK, Payload: []byte(early[:20])}, true, 341, early},
			{"the text again, and more", tcp.Segment{Seq: 301, Flags: tcp.ACK, Payload: []byte(early + "more")}, true, 345, early + "more"},
			{"more text", tcp.Segment{Seq: 341, Flags: tcp.ACK, Payload: []byte("more")}, false, 345, early + "more"},
			{"text beyond a hole", tcp.Segment{Seq: 342, Flags: tcp.ACK, Payload: []byte("ore")}, true, 341, early},
			{"the SYN again, with an ACK", tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.ACK}, false, 341, early},
			{"the SYN again, with ACK and text", tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.ACK, Payload: []byte(early)}, true, 341, early},
		} {
			t.Run(opening(passive)+c.name, func(t *testing.T) {
				s := earlySYN(t, passive, 0)
				c.third.Ack = 101
				s.Send(c.third)
				s.WantState(tcp.Established)
				answer := tcp.Segment{Seq: 101, Ack: c.ack, Flags: tcp.ACK}
				if c.atOnce {
					s.Want("line 4: one ACK for everything", answer)
				} else {
					s.WantWithin("line 4: one ACK for everything", 500*time.Millisecond, answer)
				}
				s.WantSilenceFor("nothing is said twice", 10*time.Second)
				readEarly(s, c.text, false)
			})
		}
	}
}

func opening(passive bool) string {
	if passive {
		return "listener/"
	}
	return "crossing/"
}

func TestFINOnASYN(t *testing.T) {
	for _, passive := range []bool{true, false} {
		for _, c := range []struct {
			name  string
			third tcp.Segment
		}{
			{"a bare ACK", tcp.Segment{Seq: 301, Flags: tcp.ACK}},
			{"an ACK behind the FIN", tcp.Segment{Seq: 342, Flags: tcp.ACK}},
			{"text and FIN again", tcp.Segment{Seq: 301, Flags: tcp.FIN | tcp.ACK, Payload: []byte(early)}},
			{"the SYN again, with an ACK", tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.ACK}},
			{"all of it again, with an ACK", tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.FIN | tcp.ACK, Payload: []byte(early)}},
		} {
			t.Run(opening(passive)+c.name, func(t *testing.T) {
				s := earlySYN(t, passive, tcp.FIN)
				c.third.Ack = 101
				s.Send(c.third)
				s.Want("one ACK for text and FIN", tcp.Segment{Seq: 101, Ack: 342, Flags: tcp.ACK})
				s.WantState(tcp.CloseWait)
				s.WantSilenceFor("nothing is said twice", 10*time.Second)
				readEarly(s, early, true)
			})
		}
	}
}

// Each SYN,ACK is the very same, whatever waits.
func TestTheSYNACKAfterTextIsRepeatedAsItWas(t *testing.T) {
	for _, passive := range []bool{true, false} {
		t.Run(opening(passive), func(t *testing.T) {
			s := script.New(t, solutions.Chapters())
			if passive {
				s.Listen()
			} else {
				s.Connect()
				s.Want("our SYN", tcp.Segment{Seq: 100, Flags: tcp.SYN})
			}
			s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN, Payload: []byte(early)})
			first := s.Take()
			require.Len(t, first, 1)
			s.Elapse(time.Second)
			s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN, Payload: []byte(early)})
			for _, again := range s.Take() {
				assert.Equal(t, first[0].Ack, again.Ack)
				assert.Equal(t, first[0].Window, again.Window)
				assert.Equal(t, first[0].Options.MSS, again.Options.MSS)
			}
			s.Send(tcp.Segment{Seq: 301, Flags: tcp.RST})
			s.WantDeleted("a RST right behind the SYN has the exact number: text that waits changes nothing")
		})
	}
}

// The application has nothing to read before the connection is open, not even the
// end.
func TestEarlyTextIsNotReadBeforeTheConnectionIsOpen(t *testing.T) {
	s := earlySYN(t, false, tcp.FIN)
	text, err := s.Read(100)
	assert.NoError(t, err)
	assert.Empty(t, text)
	assert.EqualValues(t, 301, s.TCB().Rcv.Nxt)
}

// Whoever closes before the connection is open will not read the text: the peer is
// told, once.
func TestEarlyTextThatNobodyWillRead(t *testing.T) {
	for _, third := range []tcp.Segment{
		{Seq: 301, Ack: 101, Flags: tcp.ACK},
		{Seq: 301, Ack: 101, Flags: tcp.ACK, Payload: []byte(early)},
		{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK, Payload: []byte(early)},
	} {
		s := earlySYN(t, false, 0)
		s.Close()
		s.Send(third)
		s.Want("text is lost", tcp.Segment{Seq: 101, Flags: tcp.RST})
		s.WantDeleted("at once")
	}
}

// A half-open connection keeps no more text than a full segment: what does not fit is
// not acknowledged, and comes again.
func TestEarlyTextIsBounded(t *testing.T) {
	const kept = 1460
	long := strings.Repeat("0123456789", 400)
	s := script.New(t, solutions.Chapters())
	s.Listen()
	s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.FIN, Payload: []byte(long)})
	s.Want("the SYN is acknowledged", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
	s.Send(tcp.Segment{Seq: 301, Ack: 101, Flags: tcp.ACK})
	s.WantWithin("what was kept is acknowledged", 500*time.Millisecond, tcp.Segment{Seq: 101, Ack: 301 + kept, Flags: tcp.ACK})
	s.WantState(tcp.Established)
	s.Send(tcp.Segment{Seq: 301 + kept, Ack: 101, Flags: tcp.FIN | tcp.ACK, Payload: []byte(long[kept:])})
	s.Want("the rest, with the FIN", tcp.Segment{Seq: 101, Ack: tcp.Seq(302 + len(long)), Flags: tcp.ACK})
	s.Accept()
	s.WantRead("all of it", long)
	s.WantEOF("then the end")
}

// A window closed from the beginning takes no text, on a SYN either; the ACK that
// comes with text at RCV.NXT counts all the same (RFC 9293 §3.10.7.4: table 6, and
// the allowance for a closed window).
func TestSynReceivedWithAClosedWindow(t *testing.T) {
	for _, passive := range []bool{true, false} {
		t.Run(opening(passive), func(t *testing.T) {
			s := script.New(t, solutions.Chapters(), script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 0 }))
			if passive {
				s.Listen()
			} else {
				s.Connect()
				s.Want("our SYN", tcp.Segment{Seq: 100, Flags: tcp.SYN})
			}
			s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN, Payload: []byte("x")})
			s.Want("the SYN is acknowledged", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
			s.Send(tcp.Segment{Seq: 301, Ack: 101, Flags: tcp.ACK, Payload: []byte("x")})
			s.WantState(tcp.Established)
			s.Want("no room for the text", tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK})
		})
	}
}

// Text and FIN on a SYN,ACK: the third segment acknowledges them too, and no ACK of
// their own follows.
func TestTextOnASYNACK(t *testing.T) {
	for _, c := range []struct {
		name  string
		fin   tcp.Flags
		text  string
		ack   tcp.Seq
		state tcp.State
	}{
		{"text", 0, early, 341, tcp.Established},
		{"FIN", tcp.FIN, "", 302, tcp.CloseWait},
		{"both", tcp.FIN, early, 342, tcp.CloseWait},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, solutions.Chapters(), tcp.SynSent)
			s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK | c.fin, Payload: []byte(c.text)})
			s.Want("one ACK for the SYN and what came with it", tcp.Segment{Seq: 101, Ack: c.ack, Flags: tcp.ACK})
			s.WantState(c.state)
			s.WantSilenceFor("nothing is said twice", 10*time.Second)
			readEarly(s, c.text, c.fin != 0)
		})
	}
	t.Run("with text of our own", func(t *testing.T) {
		s := script.InState(t, solutions.Chapters(), tcp.SynSent)
		s.Write("hello")
		s.WantSilence("not before the connection is open")
		s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK, Payload: []byte(early)})
		s.WantFirst("ours takes the ACK along", tcp.Segment{Seq: 101, Ack: 341, Flags: tcp.PSH | tcp.ACK, Payload: []byte("hello")})
		for _, seg := range s.Take() {
			assert.Empty(t, seg.Payload)
			assert.EqualValues(t, 341, seg.Ack, "at once, if at all")
		}
	})
	t.Run("into a closed window", func(t *testing.T) {
		s := script.InState(t, solutions.Chapters(), tcp.SynSent, script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = 0 }))
		s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK, Payload: []byte(early)})
		for _, seg := range s.Take() {
			assert.Equal(t, tcp.Seq(301), seg.Ack, "no room for the text")
		}
		s.WantState(tcp.Established)
	})
}
