// Package transfer is chapter 3 in small pieces. The congestion window opens by a part of a
// segment for each ACK, and cuts a segment short wherever it ends; it begins with two
// segments. What is sent again takes nothing new along, and does not mind the peer's window
// as long as that is open at all. Every segment carries PSH, and one that does is answered
// at once. Our window opens by whole segments, and is told of by two, as BSD does. A window
// that comes with an old number does not count, and of the ACKs of a part only the first
// puts the timer off.
package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 3 as the stack runs it.
type Chapter struct{}

// Acceptable reports whether a segment is to be processed further.
func (Chapter) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if b.Timestamps.On && !seg.Options.HasTimestamps && !seg.Flags.Has(tcp.RST) {
		return false // RFC 7323 §3.2: dropped without a word
	}
	if overlapsWindow(b, seg) && !stale(b, seg, now) {
		return true
	}
	if !seg.Flags.Has(tcp.RST) {
		repeat(b, seg, now)
	}
	return false
}

// overlapsWindow reports whether any number of a segment is in the window, or, if it has
// none, whether the place where it stands is. The next number always counts.
func overlapsWindow(b *tcp.TCB, seg *tcp.Segment) bool {
	begin := seg.Seq.Sub(b.Rcv.Nxt) // both counted from RCV.NXT
	end := begin + seg.Len()
	window := int(b.Rcv.Wnd)
	return begin == 0 || window > 0 && begin < window && (begin > 0 || end > 0)
}

// stale reports whether a segment is from another age (PAWS).
func stale(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	const days24 = 24 * 24 * time.Hour
	return b.Timestamps.On && seg.Options.HasTimestamps && !seg.Flags.Has(tcp.RST) &&
		seg.Options.TSval-b.Timestamps.Recent >= 1<<31 && !now.After(b.Timestamps.RecentAt.Add(days24))
}

// repeat says where we stand, in answer to a segment that is dropped.
func repeat(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	bare := len(seg.Payload) == 0 && !seg.Flags.Has(tcp.FIN)
	if !bare || b.AllowChallenge(now) {
		sendACK(b)
	}
}

func sendACK(b *tcp.TCB) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Ack: b.Rcv.Nxt, Seq: b.Snd.Nxt})
}

// Timeout is called when a timer has expired.
func (Chapter) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	switch timer {
	case tcp.RetransmitTimer:
		return lost(b, now)
	case tcp.ProbeTimer:
		return ask(b, now)
	case tcp.DelayedACKTimer:
		sendACK(b)
	}
	return nil
}

// inFlight is how many numbers are sent and not acknowledged.
func inFlight(b *tcp.TCB) int { return b.Snd.Nxt.Sub(b.Snd.Una) }

// unsent is how many bytes were never sent.
func unsent(b *tcp.TCB) int { return max(0, b.Snd.Queue.Len()-inFlight(b)) }
