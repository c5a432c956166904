package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Retransmit is called by Timeout when the retransmission timer has expired (step 3.6): what
// is outstanding is to be sent again, the earliest first (RFC 9293 §3.10.8, RFC 6298 §5). It
// sends nothing: Output, which follows, does. With nothing outstanding, SND.UNA = SND.NXT, it
// does nothing. Otherwise
//
//   - b.Snd.Resending is set, and b.Snd.Resend becomes SND.UNA, where Resend begins;
//   - b.RTO.Value doubles, but is at most b.Config.MaxRTO, and the timer starts anew with it;
//   - b.RTO.ResentAt becomes now;
//   - b.Congestion.Window becomes one b.Snd.MSS, so that only one segment goes at first. From
//     step 3.10 on CongestionTimeout sees to that.
//
// Step 3.7: it asks GivenUp first. If that says so, nothing else changes, and Retransmit
// returns syscall.ETIMEDOUT. Otherwise b.RTO.Timing is cleared, too, because an ACK would not
// tell which sending it answers (Karn).
//
// Step 3.9: before it asks GivenUp: if SND.WND = 0 and b.Snd.Queue is not empty, it returns
// Probe(b, now), which asks GivenUp itself.
func Retransmit(b *tcp.TCB, now time.Time) error {
	// TODO(step 3.6): second, set RTO, timer, pointer, and a congestion window of one segment.
	// TODO(step 3.7): ask GivenUp; then Karn.
	// TODO(step 3.9): Probe, if the window is closed.
	// TODO(step 3.10): CongestionTimeout, in place of the one segment.
	return nil
}

// GivenUp counts an expired timer, and reports whether the peer is taken for dead (RFC 9293
// §3.8.3; step 3.7). If b.RTO.Attempts is 0, the timer is the first in a row: b.RTO.First
// becomes now. Then b.RTO.Attempts counts it. GivenUp returns whether b.Config.R2 has passed
// since b.RTO.First. The row ends when the peer acknowledges something new, see Acknowledged,
// or answers a probe, see Answered.
func GivenUp(b *tcp.TCB, now time.Time) bool {
	// TODO(step 3.7): fourth, count, note the first, compare with R2.
	return false
}

// StartTimer starts the retransmission timer, b.Timers.Retransmit, b.RTO.Value from now, if it
// is stopped; otherwise it runs on (RFC 6298 §5.1; step 3.6). Output calls it when new data
// has gone out. (Resend need not: what it sends was outstanding before, so a timer runs.)
func StartTimer(b *tcp.TCB, now time.Time) {
	// TODO(step 3.6): first, start the timer, if it does not run.
}

// Acknowledged is called by Acknowledge when something new was acknowledged and SND.UNA has
// advanced (step 3.6). The retransmission timer starts again, b.RTO.Value from now, or stops
// when nothing is outstanding (RFC 6298 §5.2, §5.3). If b.Snd.Resend lies before SND.UNA, set
// it to SND.UNA; b.Snd.Resending ends when it has come to SND.NXT.
//
// Step 3.7: b.RTO.Attempts becomes 0.
func Acknowledged(b *tcp.TCB, now time.Time) {
	// TODO(step 3.6): fourth, the pointer; then start the timer again, or stop it.
	// TODO(step 3.7): the row of time-outs ends.
}

// Resend is called by Output while b.Snd.Resending (step 3.6). It sends data again from
// b.Snd.Resend on, and b.Snd.Resend advances by what it sends. Say that done is
// b.Snd.Resend - SND.UNA, what lies before the pointer. Each segment has as many bytes as the
// smallest of four lengths:
//
//	the data        b.Snd.Queue.Len() - done      what is left of it
//	a segment       b.Snd.MSS
//	the peer        SND.WND - done                both windows begin at SND.UNA
//	the network     b.Congestion.Window - done
//
// The last segment may take new data along. If a segment ends behind SND.NXT, SND.NXT moves to
// its end. Otherwise SND.NXT stays.
//
// If the smallest is 0 or less, return: b.Snd.Resending stays set. When b.Snd.Resend has come
// to SND.NXT, all was sent again: clear b.Snd.Resending, and return. What was never sent is
// Output's.
//
// If a FIN was sent, SND.NXT lies one beyond the last byte of the queue, for the FIN has a
// number and is no byte. Then b.Snd.Resend comes to the FIN and no further, and
// b.Snd.Resending stays set: teardown sends the FIN. You write nothing for this: the first
// length is then 0.
func Resend(b *tcp.TCB, now time.Time) {
	// TODO(step 3.6): third, send again what lies at the pointer.
}
