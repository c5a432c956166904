package teardown

import (
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

func TestStep8_AResetAtTheExactNumber(t *testing.T) {
	for i, state := range []tcp.State{tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.FinWait1, tcp.FinWait2} {
		fully := i >= 4
		s := script.InState(t, chapters, state, script.Change(func(b *tcp.TCB) { b.ReadClosed = fully }))
		s.See("RFC 9293 §3.10.7.4, second check")
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: s.TCB().Rcv.Nxt})
		s.WantSilence("a reset is never answered",
			script.Likely("a RST at RCV.NXT is obeyed, not answered: no ACK, and no RST."))
		s.WantDeleted("its number is exactly RCV.NXT, which a stranger can hardly guess: in "+state.String()+", the connection is over",
			script.Likely("a RST at RCV.NXT takes the socket to CLOSED."))
		s.WantError("the application must not take a reset for an orderly end", syscall.ECONNRESET,
			script.If(fully, "b.ReadClosed says that nobody will read, not that nothing is lost: the peer has not closed. Only CLOSING and LAST-ACK are different."),
			script.Likely("set b.Err to syscall.ECONNRESET: closed must not look like aborted (MUST-12)."))
	}
	for _, state := range []tcp.State{tcp.Closing, tcp.LastAck} {
		s := script.InState(t, chapters, state)
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
		s.WantDeleted("a reset at RCV.NXT ends "+state.String()+" too",
			script.Likely("a RST at RCV.NXT takes the socket to CLOSED in every synchronized state."))
		s.WantError("in "+state.String()+" both applications had closed, and no text of ours is under way: "+
			"nothing is lost, so nothing is said", nil,
			script.Likely("in CLOSING and LAST-ACK b.Err stays nil if no text of ours waits for an ACK: "+
				"both sides had closed before the reset."))
	}
}

// A RST at RCV.NXT is obeyed whatever else is the case: no room, or a timestamp that an old
// copy would have (RFC 7323 §5.3 does not ask it of a RST).
func TestStep8_AResetWhateverElse(t *testing.T) {
	const recent = 1000
	stamp := func(clock uint32) tcp.Options { return tcp.Options{HasTimestamps: true, TSval: clock} }
	for _, c := range []struct {
		what    string
		full    bool
		options tcp.Options
		likely  string
	}{
		{"our own window is closed", true, tcp.Options{}, "a RST takes no room: RCV.NXT is acceptable when RCV.WND is 0, too, and a peer that fills our window may well go away."},
		{"its timestamp is an old one", false, stamp(recent - 100), "SEG.SEQ = RCV.NXT alone decides: the check of timestamps is not for a RST, whose sender may have restarted, and its clock with it."},
		{"its timestamp is new", false, stamp(recent + 100), "SEG.SEQ = RCV.NXT alone decides, with timestamps or without."},
		{"it has no timestamp, though all others do", false, tcp.Options{}, "SEG.SEQ = RCV.NXT alone decides: who has forgotten the connection has forgotten its options."},
		{"our window is closed, and its timestamp is an old one", true, stamp(recent - 100), "SEG.SEQ = RCV.NXT alone decides."},
	} {
		for _, state := range givenSynchronized {
			s := script.InState(t, chapters, state, script.Change(func(b *tcp.TCB) {
				b.Timestamps.On, b.Timestamps.Recent, b.Timestamps.RecentAt = true, recent, time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
				if c.full {
					b.Rcv.Queue.Append([]byte(strings.Repeat("x", b.Rcv.Queue.Limit())))
					b.Rcv.Wnd = 0
				}
			}))
			s.See("RFC 9293 §3.10.7.4, second check; RFC 7323 §5.3")
			s.Send(tcp.Segment{Flags: tcp.RST, Seq: s.TCB().Rcv.Nxt, Options: c.options})
			s.WantSilence("a reset at RCV.NXT is obeyed, not answered, in "+state.String()+": "+c.what, script.Likely(c.likely))
			s.WantDeleted("a reset at RCV.NXT is obeyed in "+state.String()+": "+c.what, script.Likely(c.likely))
		}
	}
}

// Part of its text lies in the window, and not its number. Whether it is answered is left open:
// by the letter of RFC 5961 §3.2 it is dropped.
func TestStep8_AResetThatBeginsBeforeRCVNXT(t *testing.T) {
	for _, state := range givenSynchronized {
		s := script.InState(t, chapters, state)
		s.See("RFC 5961 §3.2")
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: s.TCB().Rcv.Nxt - 2, Payload: []byte("gone")})
		s.AllowACKs()
		s.WantState(state,
			script.IfState(tcp.Closed, "exactly at RCV.NXT: SEG.SEQ = RCV.NXT. That its text reaches so far proves nothing."))
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: s.TCB().Rcv.Nxt})
		s.WantDeleted("and the one at RCV.NXT is obeyed, in "+state.String(), script.Likely("a RST at RCV.NXT takes the socket to CLOSED."))
	}
}

// The connection is open, and no application has it yet. One that accepts it is to learn
// what has become of it.
func TestStep8_AResetBeforeAccept(t *testing.T) {
	for _, closed := range []bool{false, true} {
		s := script.New(t, chapters)
		s.See("RFC 9293 §3.10.7.4, second check")
		s.Listen()
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
		s.Want("chapter 2 answers the SYN", peerSegment(iss, irs+1, tcp.SYN, ""))
		b := s.TCB()
		s.Send(peerSegment(irs+1, iss+1, 0, ""))
		if closed {
			s.Send(peerSegment(irs+1, iss+1, tcp.FIN, ""))
			s.Take()
		}
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: b.Rcv.Nxt})
		s.WantSilence("a reset is never answered", script.Likely("a RST at RCV.NXT is obeyed, not answered: no ACK, and no RST."))
		script.WantEqual(s, "a reset at RCV.NXT ends a connection that nobody has accepted, too", "its state", b.State, tcp.Closed,
			script.Likely("a RST at RCV.NXT takes the socket to CLOSED."))
		s.Use(b)
		s.WantError("and why it has ended is noted, for whoever asks", syscall.ECONNRESET,
			script.Likely("b.Err does not depend on who has the socket: b.Parent and b.Passive are none of Reset's business."))
		s.Use(s.Listener())
		s.WantState(tcp.Listen)
	}
}

// Two clients of one host. Whoever forges segments for one of them learns nothing about the
// other: one limit for both could be measured (CVE-2016-5696).
func TestStep8_EachConnectionHasItsOwnLimit(t *testing.T) {
	for _, forged := range []tcp.Flags{tcp.RST, tcp.SYN} {
		s := script.New(t, chapters)
		s.See("RFC 5961 §7")
		s.Listen()
		for n := range uint16(3) {
			s.UsePeer(netip.AddrPortFrom(script.Peer, script.ClientPort+n))
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
			s.Want("chapter 2 answers the SYN", peerSegment(iss, irs+1, tcp.SYN, ""))
			s.Send(peerSegment(irs+1, iss+1, 0, ""))
			s.WantState(tcp.Established)
		}
		for n := range uint16(3) {
			s.UsePeer(netip.AddrPortFrom(script.Peer, script.ClientPort+n))
			s.Send(tcp.Segment{Flags: forged, Seq: irs + 100})
			s.Want("the first forged segment for this connection gets a challenge ACK, whatever others have got", peerSegment(iss+1, irs+1, 0, ""),
				script.IfSilent("b.AllowChallenge counts for each socket: keep no count besides, in no variable of the package. What is one for the host tells a stranger about others."))
		}
	}
}

func TestStep8_TheChallengeIsAnACK(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, givenDelayedACKs)
	s.See("RFC 9293 §3.8.6.3")
	s.Send(peerSegment(irs+1, iss+1, 0, "hello"))
	s.WantSilence("the ACK of the text waits for company")
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 100})
	s.Want("the challenge ACK acknowledges the text, too", peerSegment(iss+1, irs+6, 0, ""))
	s.WantSilenceFor("so the ACK that waited has left", 3*givenACKDelay, script.Likely(testByEmit))
}

// givenLastWords brings a connection to CLOSING or LAST-ACK while text of ours is not
// acknowledged: "ten bytes.", as much of it as the peer's window takes.
func givenLastWords(t *testing.T, s *script.Script, state tcp.State) {
	t.Helper()
	fin := peerSegment(irs+1, iss+1, tcp.FIN, "")
	if state == tcp.LastAck {
		s.Send(fin)
	}
	s.Write("ten bytes.")
	s.CloseWrite()
	if state == tcp.Closing {
		s.Send(fin)
	}
	s.Take()
	s.WantState(state)
}

func TestStep8_AResetThatTakesOurLastWords(t *testing.T) {
	lost := script.Likely("write and close had returned without an error; the reset is the last chance to say " +
		"that the text did not arrive (MUST-12): set b.Err while b.Snd.Queue holds something, in CLOSING and LAST-ACK too.")
	for _, state := range []tcp.State{tcp.Closing, tcp.LastAck} {
		for _, acknowledged := range []tcp.Seq{0, 4} {
			s := script.InState(t, chapters, tcp.Established)
			s.See("RFC 9293 §3.10.7.4, second check, and MUST-12")
			givenLastWords(t, s, state)
			if acknowledged > 0 {
				s.Send(peerSegment(irs+2, iss+1+acknowledged, 0, ""))
			}
			s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
			s.WantDeleted("a reset at RCV.NXT ends " + state.String())
			s.WantError("text of ours was not acknowledged, and now it never will be", syscall.ECONNRESET, lost)
			s.WantReadError("whoever still reads is told", syscall.ECONNRESET, lost)
		}
		s := script.InState(t, chapters, tcp.Established)
		givenLastWords(t, s, state)
		s.Send(peerSegment(irs+2, iss+11, 0, ""))
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
		s.WantError("the peer has all of our text, and only our FIN is under way", nil,
			script.Likely("a FIN is no text: the peer has closed as well, and misses nothing."))
		s.WantEOF("whoever still reads sees the end of the peer's stream",
			script.Likely("the peer's FIN was taken long before, and b.Rcv.FinDone stays set: Reset ends the connection, not what was read of it."))
	}

	s := script.InState(t, chapters, tcp.Established, peerWindow(4))
	s.PeerWindow(4)
	givenLastWords(t, s, tcp.Closing)
	s.PeerWindow(0)
	s.Send(peerSegment(irs+2, iss+5, 0, ""))
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
	s.WantError("what was sent is acknowledged, but some of it never left", syscall.ECONNRESET, lost)
}

func TestStep8_AResetWithAnACK(t *testing.T) {
	for _, ack := range []tcp.Seq{iss + 1, iss - 50, iss + 5000} {
		s := script.InState(t, chapters, tcp.Established)
		s.See("RFC 9293 §3.10.7.4, second check")
		s.Send(tcp.Segment{Flags: tcp.RST | tcp.ACK, Seq: irs + 1, Ack: ack})
		s.WantSilence("many stacks put an ACK on their resets; it does not count",
			script.Likely("compare SEG.SEQ alone, and ask for the RST bit with Flags.Has: SEG.ACK and the other bits do not matter to a reset."))
		s.WantDeleted("its number is exactly RCV.NXT",
			script.Likely("a RST at RCV.NXT takes the socket to CLOSED, with an ACK or without."))
		s.WantError("and the application is told", syscall.ECONNRESET)
	}
}

// givenSynchronized are the states in which Reset is asked.
var givenSynchronized = []tcp.State{tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck}

// A stranger who has seen the peer's FIN pass by knows where the stream will end.
func TestStep8_AResetBehindANotedFIN(t *testing.T) {
	for _, early := range []tcp.Segment{peerSegment(irs+4, iss+1, tcp.FIN, "def"), peerSegment(irs+4, iss+1, 0, "def")} {
		s := script.InState(t, chapters, tcp.Established)
		s.See("RFC 5961 §3")
		s.Send(early)
		s.AllowACKs()
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: early.End()})
		s.AllowACKs()
		s.WantState(tcp.Established,
			script.If(!early.Flags.Has(tcp.FIN), "RCV.NXT is still before the hole. Only a RST at exactly RCV.NXT is obeyed, not one behind text that was kept."),
			script.Likely("RCV.NXT is still before the hole. Only a RST at exactly RCV.NXT is obeyed, not one behind a FIN whose turn has not come."))
	}
}

func TestStep8_AResetElsewhereInTheWindow(t *testing.T) {
	for _, state := range givenSynchronized {
		s := script.InState(t, chapters, state)
		s.See("RFC 5961 §3.2")
		next, expected := s.TCB().Snd.Nxt, s.TCB().Rcv.Nxt
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: expected + 99})
		s.Want("in the window, but not at RCV.NXT: it may be forged, so in "+state.String()+" the peer is asked", peerSegment(next, expected, 0, ""),
			script.IfState(tcp.Closed, "anybody who guesses one of 32768 numbers could end the connection. Only SEG.SEQ = RCV.NXT is obeyed."),
			script.IfSilent("a peer that meant it needs to learn the right number: send a challenge ACK."))
		s.WantState(state)
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: expected})
		s.WantDeleted("the peer answers the challenge with a reset at the exact number: it meant it")
	}
}

func TestStep8_ASYNInTheWindow(t *testing.T) {
	for _, state := range givenSynchronized {
		for _, flags := range []tcp.Flags{tcp.SYN, tcp.SYN | tcp.ACK} {
			s := script.InState(t, chapters, state)
			s.See("RFC 5961 §4.2")
			next, expected, una := s.TCB().Snd.Nxt, s.TCB().Rcv.Nxt, s.TCB().Snd.Una
			s.Send(tcp.Segment{Flags: flags, Seq: expected, Ack: next, Payload: []byte("evil")})
			s.Want("a SYN has no business in an open connection: in "+state.String()+" the peer is asked", peerSegment(next, expected, 0, ""),
				script.IfState(tcp.Closed, "RFC 793 let a SYN in the window reset the connection; anybody could send one. Now it gets a challenge ACK."),
				script.IfSent(tcp.Segment{Flags: tcp.RST}, "RFC 793 answered with a RST; RFC 5961 with a challenge ACK, which a peer that lost its memory answers with a RST."),
				script.IfSilent("a peer that has restarted must learn that we still hold the old connection: send a challenge ACK."))
			s.WantState(state)
			script.WantEqual(s, "nothing else of that segment counts, nor its text", "RCV.NXT", s.TCB().Rcv.Nxt, expected)
			script.WantEqual(s, "nor its ACK", "SND.UNA", s.TCB().Snd.Una, una)
		}
	}
}

// Some stacks say in words why they reset (RFC 9293 §3.5.3, SHLD-2).
func TestStep8_AResetWithText(t *testing.T) {
	for _, flags := range []tcp.Flags{tcp.RST, tcp.RST | tcp.ACK, tcp.RST | tcp.PSH | tcp.ACK, tcp.RST | tcp.SYN} {
		for _, state := range givenSynchronized {
			s := script.InState(t, chapters, state)
			s.See("RFC 9293 §3.5.3, SHLD-2")
			s.Send(tcp.Segment{Flags: flags, Seq: s.TCB().Rcv.Nxt, Ack: s.TCB().Snd.Nxt, Payload: []byte("who are you?")})
			s.WantSilence("a reset is never answered",
				script.If(flags.Has(tcp.SYN), "RST is the RFC's second check, SYN its fourth: ask for RST first, and a SYN beside it makes no difference."),
				script.Likely("a RST may carry text, and other bits: SEG.SEQ = RCV.NXT alone decides, with seg.Flags.Has(tcp.RST)."))
			s.WantDeleted("its number is exactly RCV.NXT: in "+state.String()+", the connection is over",
				script.Likely("a RST may carry text, and other bits: SEG.SEQ = RCV.NXT alone decides."))
		}
	}
}

func TestStep8_WhatAChallengeSays(t *testing.T) {
	for _, flags := range []tcp.Flags{tcp.RST | tcp.ACK, tcp.SYN | tcp.ACK, tcp.SYN | tcp.ECE | tcp.CWR} {
		for _, ack := range []tcp.Seq{iss, iss + 3, iss + 5000} {
			s := script.InState(t, chapters, tcp.Established)
			s.See("RFC 5961 §3.2, §4.2")
			s.Write("hello")
			s.WantText("text is in flight", iss+1, irs+1, "hello")
			s.Elapse(givenRTO * 9 / 10)
			s.Send(tcp.Segment{Flags: flags, Seq: irs + 99, Ack: ack})
			s.Want("the challenge says where *we* stand, whatever the stranger acknowledges", peerSegment(iss+6, irs+1, 0, ""),
				script.IfSilent("what is not a RST at RCV.NXT gets a challenge ACK, whatever other bits it has."),
				script.Likely("a challenge ACK is <SEQ=SND.NXT><ACK=RCV.NXT>: no number of the segment's is in it, for a stranger may have chosen it."))
			s.Elapse(givenRTO / 5)
			s.WantText("and it has changed nothing: a second after our text was sent, it is sent again", iss+1, irs+1, "hello",
				script.Likely("a challenge touches neither the timers nor what is in flight, or a stranger could put our text off for ever: emit the ACK, and no more."))
		}
	}
}

func TestStep8_AResetWhileOurCloseWaits(t *testing.T) {
	s := script.InState(t, chapters, tcp.CloseWait, peerWindow(0))
	s.See("RFC 9293 §3.10.7.4, second check, and MUST-12")
	s.Write("hello")
	s.CloseWrite()
	s.WantState(tcp.CloseWait, script.Likely("step 1: CLOSE-WAIT stays until the FIN is sent."))
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 2})
	s.WantDeleted("a reset at RCV.NXT ends CLOSE-WAIT", script.Likely("a RST at RCV.NXT takes the socket to CLOSED."))
	s.WantError("both applications have closed, but our text never left", syscall.ECONNRESET,
		script.Likely("in CLOSE-WAIT text and FIN still wait, Close called or not: the application must learn that they were lost. Set b.Err."))
}

func TestStep8_NumbersBeyondTheEdge(t *testing.T) {
	for _, numbers := range givenEdges {
		s := script.InState(t, chapters, tcp.Established, numbers)
		iss, irs := s.ISS(), s.IRS()
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 5})
		s.Want("four numbers from RCV.NXT, and beyond the edge: challenged like any other", peerSegment(iss+1, irs+1, 0, ""),
			script.IfState(tcp.Closed, "only SEG.SEQ = RCV.NXT is obeyed, not what lies beyond it."),
			script.IfSilent("what is not at RCV.NXT gets a challenge ACK; chapter 3 has seen to it already that it lies in the window."))
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
		s.WantDeleted("the exact number is obeyed", script.Likely("a RST at RCV.NXT takes the socket to CLOSED."))
	}
}

func TestStep8_ChallengesAreRare(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established)
	s.See("RFC 5961 §7")
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 100})
	s.Want("the first gets a challenge ACK", peerSegment(iss+1, irs+1, 0, ""))
	for i := range tcp.Seq(4) {
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 200 + i})
		s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 300 + i})
	}
	s.WantSilence("a storm of forged segments is not answered with a storm of ACKs",
		script.Likely("ask b.AllowChallenge(now) each time you are about to send a challenge ACK."))
	s.WantState(tcp.Established)
}

// Figure 9, from B's side: A has lost its memory and opens a connection with the
// same two ends. "(??)" and "(!!)" are the RFC's.
//
//	    TCP Peer A                                      TCP Peer B
//	1.  (REBOOT)                              (send 300,receive 100)
//	3.  SYN-SENT --> <SEQ=400><CTL=SYN>              --> (??)
//	4.  (!!)     <-- <SEQ=300><ACK=100><CTL=ACK>     <-- ESTABLISHED
//	5.  SYN-SENT --> <SEQ=100><CTL=RST>              --> (Abort!!)
//	6.  SYN-SENT                                         CLOSED
func TestStep8_Figure9_HalfOpenConnectionDiscovery(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(299, 99))
	s.See("RFC 9293 §3.5.1, figure 9")
	s.PeerIs(tcp.Closed)
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: 400})
	s.Want("line 4: B says where it stands", peerSegment(300, 100, 0, ""),
		script.IfSilent("without an answer A would send its SYN for minutes: send a challenge ACK."),
		script.IfSent(tcp.Segment{Flags: tcp.RST}, "a SYN alone proves nothing: challenge it, and let A say that it does not know this connection."))
	s.WantState(tcp.Established)
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: 100})
	s.WantDeleted("line 5: A knows of no such connection: it is over for B too",
		script.Likely("a RST at RCV.NXT takes the socket to CLOSED."))
	s.WantError("line 6: and B's application is told", syscall.ECONNRESET)
	s.WantSilence("A's next SYN will find B in CLOSED, or listening")
}

// Figure 10, from B's side: A has lost its memory, and B sends text.
//
//	    TCP Peer A                                             TCP Peer B
//	1.  (REBOOT)                                    (send 300,receive 100)
//	2.  (??)     <-- <SEQ=300><ACK=100><DATA=10><CTL=ACK>  <-- ESTABLISHED
//	3.           --> <SEQ=100><CTL=RST>                    --> (ABORT!!)
func TestStep8_Figure10_TheActiveSideDiscoversIt(t *testing.T) {
	s := script.InState(t, chapters, tcp.Established, script.Numbers(299, 99))
	s.See("RFC 9293 §3.5.1, figure 10")
	s.PeerIs(tcp.Closed)
	s.Write("ten bytes.")
	s.WantText("line 2: B sends text", 300, 100, "ten bytes.")
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: 100})
	s.WantDeleted("line 3: A's reset has the number that B's ACK asked for: RCV.NXT",
		script.Likely("a RST is compared with RCV.NXT: what *the peer* sends next. SND.NXT is ours."))
	s.WantError("B's application is told", syscall.ECONNRESET)
	s.WantSilence("and nothing is sent again")
}

// Figure 11, from B's side: an old SYN comes to a listener, and A, which listens
// too, resets the answer. After it, the same reset to a connection one segment
// older, for comparison.
//
//	    TCP Peer A                                      TCP Peer B
//	1.  LISTEN                                          LISTEN
//	2.           ... <SEQ=Z><CTL=SYN>               --> SYN-RECEIVED
//	3.  (??)     <-- <SEQ=X><ACK=Z+1><CTL=SYN,ACK>  <-- SYN-RECEIVED
//	4.           --> <SEQ=Z+1><CTL=RST>             --> (return to LISTEN!)
//	5.  LISTEN                                          LISTEN
func TestStep8_Figure11_AnOldSYNAndTwoListeners(t *testing.T) {
	s := script.New(t, chapters)
	s.See("RFC 9293 §3.5.1, figure 11")
	s.Listen()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("line 3: chapter 2 answers the SYN", peerSegment(iss, irs+1, tcp.SYN, ""))
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
	s.WantState(tcp.Listen)
	s.WantSilence("line 5: nobody was told of a connection, so nobody is told of its end")

	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs})
	s.Want("a client that means it", peerSegment(iss, irs+1, tcp.SYN, ""))
	s.Send(peerSegment(irs+1, iss+1, 0, ""))
	s.Accept()
	s.Send(tcp.Segment{Flags: tcp.RST, Seq: irs + 1})
	s.WantDeleted("one segment later the same reset ends a connection that an application has",
		script.Likely("in ESTABLISHED it is Reset, of this chapter, that sees the RST."))
	s.WantError("and that application is told", syscall.ECONNRESET)
	s.Use(s.Listener())
	s.WantState(tcp.Listen)
}
