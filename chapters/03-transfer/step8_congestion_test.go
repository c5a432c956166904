package transfer

import (
	"fmt"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// fresh is a socket on which congestion control has not begun.
var givenFreshNetwork = script.Change(func(b *tcp.TCB) { b.Congestion = tcp.Congestion{} })

// network sets cwnd and ssthresh, in full segments.
func givenNetwork(window, threshold int) script.Option {
	return script.Change(func(b *tcp.TCB) {
		b.Congestion.Window, b.Congestion.Threshold = uint32(window*fullSize), uint32(threshold*fullSize)
		b.Congestion.Recover = b.Snd.Una
	})
}

// flight returns how much is in flight, in octets.
func octetsInFlight(s *script.Script) int { return s.TCB().Snd.Nxt.Sub(s.TCB().Snd.Una) }

// between fails the test unless low ≤ got ≤ high, all in octets.
func wantBetween(s *script.Script, reason, what string, got, low, high int, hints ...script.Hint) {
	if got < low || got > high {
		s.Fail(reason, fmt.Sprintf("want %s between %d and %d octets, got %d", what, low, high, got), hints...)
	}
}

func TestStep8_InitialWindow(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork)
	s.Write(sampleText(20 * fullSize))
	wantBetween(s, "nobody knows the network yet (RFC 5681 §3.1)", "in flight", octetsInFlight(s), fullSize, 4380,
		script.If(octetsInFlight(s) == 0, "b.Congestion.Window is 0 before the first data: Output sets it"),
		script.Likely("IW = min(4*MSS, max(2*MSS, 4380 octets))"))
}

func TestStep8_SlowStart(t *testing.T) {
	s := givenEstablished(t, givenFreshNetwork)
	s.Write(sampleText(30 * fullSize))
	s.Take()
	begin := octetsInFlight(s)
	if begin < fullSize {
		s.Fail("the initial window", "nothing was sent", script.Likely("see TestStep8_InitialWindow"))
	}
	acked := 0
	for range 3 {
		acked += fullSize
		s.Send(peerACK(s, acked))
		s.Take()
	}
	wantBetween(s, "three segments were acknowledged: three more may be in flight than at first", "in flight",
		octetsInFlight(s), begin+2*fullSize, begin+3*fullSize,
		script.If(octetsInFlight(s) <= begin+fullSize, "in slow start, while Window < Threshold, each ACK opens the window by what it acknowledges, at most one MSS"))
	s.Send(peerACK(s, acked+3*fullSize))
	wantBetween(s, "one ACK of three segments", "in flight", octetsInFlight(s), begin+2*fullSize, begin+4*fullSize,
		script.Likely("one ACK opens the window by one MSS at most, however much it acknowledges (L in RFC 5681 §3.1)"))
}

func TestStep8_CongestionAvoidance(t *testing.T) {
	s := givenEstablished(t, givenNetwork(10, 10))
	s.Write(sampleText(30 * fullSize))
	s.Take()
	for n := 1; n <= 10; n++ {
		s.Send(peerACK(s, n*fullSize))
		s.Take()
	}
	wantBetween(s, "a whole window was acknowledged, one round trip: one segment more", "in flight", octetsInFlight(s), 10*fullSize, 11*fullSize,
		script.Likely("from Threshold on, the window opens by one MSS for each Window of octets acknowledged"))
	for n := 11; n <= 22; n++ {
		s.Send(peerACK(s, n*fullSize))
		s.Take()
	}
	wantBetween(s, "another one", "b.Congestion.Window", int(s.TCB().Congestion.Window), 11*fullSize, 13*fullSize,
		script.If(s.TCB().Congestion.Window == 10*fullSize, "congestion avoidance opens the window slowly, but it does"))
}

// lossOf writes segments full segments, acknowledges the first lost of them, and
// lets the next be the one that the network loses.
func givenLoss(t *testing.T, segments, lost int, options ...script.Option) (*script.Script, string) {
	s := givenEstablished(t, append([]script.Option{givenNetwork(segments, 1000)}, options...)...)
	whole := sampleText(segments * fullSize)
	s.Write(whole)
	s.WantText("all at once", sndNxt, rcvNxt, whole)
	s.Send(peerACK(s, lost*fullSize))
	s.WantSilence("there is no more to send")
	return s, whole
}

func TestStep8_ThreeDuplicatesMeanALoss(t *testing.T) {
	s, whole := givenLoss(t, 8, 1)
	lost := tcp.Segment{Seq: sndNxt.Add(fullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[fullSize : 2*fullSize])}
	s.Send(peerACK(s, fullSize))
	s.Send(peerACK(s, fullSize))
	s.WantSilence("one or two may come of segments that overtook each other",
		script.Likely("the third duplicate ACK is the sign, not the first"))
	s.Send(peerACK(s, fullSize))
	s.Want("three mean that the segment is lost, and later ones arrive: no need to wait for the timer", lost,
		script.IfSilent("count duplicate ACKs in b.Congestion.DupACKs; at the third, send the earliest outstanding segment again"))
	wantBetween(s, "half of what was in flight", "b.Congestion.Threshold", int(s.TCB().Congestion.Threshold), 2*fullSize, 4*fullSize,
		script.Likely("Threshold = max(in flight / 2, 2*MSS)"))
	s.Send(peerACK(s, 8*fullSize))
	wantBetween(s, "the hole is filled, recovery is over", "b.Congestion.Window", int(s.TCB().Congestion.Window), fullSize,
		int(s.TCB().Congestion.Threshold),
		script.Likely("when all that was outstanding at the loss is acknowledged, the window goes back to Threshold at most"))
}

func TestStep8_WhatIsNoDuplicate(t *testing.T) {
	s, _ := givenLoss(t, 8, 1)
	for i := range 5 {
		s.PeerWindow(uint16(60_000 - i))
		s.Send(peerACK(s, fullSize))
	}
	s.WantSilence("each brings another window: the peer reads, nothing is lost",
		script.Likely("a duplicate ACK has the window of the one before (RFC 5681 §2)"))
	for i := range 5 {
		seg := peerData(s, i, "x")
		seg.Ack = sndNxt.Add(fullSize)
		s.Send(seg)
	}
	for _, seg := range s.Take() {
		if len(seg.Payload) > 0 {
			s.Fail("each brings text: the peer just sends", "a segment was sent again", script.Likely("a duplicate ACK has no text (RFC 5681 §2)"))
		}
	}
	for range 3 {
		s.Send(tcp.Segment{Seq: rcvNxt + 5, Ack: sndNxt.Add(fullSize), Flags: tcp.ACK, Window: 60_000 - 4})
	}
	if len(s.Take()) == 0 {
		s.Fail("and these are three duplicates", "nothing was sent again", script.Likely("see TestStep8_ThreeDuplicatesMeanALoss"))
	}
}

func TestStep8_SecondHole(t *testing.T) {
	s, whole := givenLoss(t, 10, 1)
	for range 3 {
		s.Send(peerACK(s, fullSize))
	}
	s.Want("the first loss", tcp.Segment{Seq: sndNxt.Add(fullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[fullSize : 2*fullSize])})
	s.Send(peerACK(s, 4*fullSize)) // less than was outstanding: the fifth segment is missing too
	s.Want("an ACK of only a part shows the next hole, which need not wait for three duplicates",
		tcp.Segment{Seq: sndNxt.Add(4 * fullSize), Ack: rcvNxt, Flags: tcp.ACK, Payload: []byte(whole[4*fullSize : 5*fullSize])},
		script.IfSilent("during recovery an ACK below b.Congestion.Recover is a partial one: send the next segment again at once (RFC 6582 §3.2)"))
	s.Send(peerACK(s, 10*fullSize))
	s.Write("hello")
	s.Want("and on it goes", wantHello(sndNxt.Add(10*fullSize)))
}

func TestStep8_TimeOutStartsOver(t *testing.T) {
	s := givenEstablished(t, givenNetwork(8, 1000))
	whole := sampleText(20 * fullSize)
	s.Write(whole)
	s.WantText("eight segments", sndNxt, rcvNxt, whole[:8*fullSize])
	s.Elapse(time.Second)
	s.WantText("after a time-out, one", sndNxt, rcvNxt, whole[:fullSize],
		script.Likely("b.Congestion.Window is one MSS after a time-out"))
	script.WantEqual(s, "half of what was in flight", "b.Congestion.Threshold", s.TCB().Congestion.Threshold, 4*fullSize,
		script.Likely("Threshold = max(in flight / 2, 2*MSS), at the first time-out in a row"))
	s.Send(peerACK(s, fullSize))
	sent := 0
	for _, seg := range s.Take() {
		sent += len(seg.Payload)
	}
	wantBetween(s, "then slow start again: two", "sent", sent, fullSize, 2*fullSize)
	s.Elapse(time.Minute)
	s.Take()
	wantBetween(s, "a second and third time-out of the same segment do not halve again", "b.Congestion.Threshold",
		int(s.TCB().Congestion.Threshold), 2*fullSize, 4*fullSize)
}
