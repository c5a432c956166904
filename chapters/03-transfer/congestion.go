package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Congestion control is three hooks here, and those of recovery.go. They keep
// b.Congestion: its Window, cwnd, bounds what is in flight for the network's sake, as
// SND.WND does for the peer's. Whoever wants another congestion control writes these
// anew, and nothing else: how Window grows is CongestionACK's affair, how it falls that
// of CongestionTimeout and CongestionDuplicate.

// CongestionStart is called by Output before it sends anything (step 3.10). Before the first
// data, while b.Congestion.SentAt is zero, Recover becomes SND.UNA; Window, if it is 0 (else
// the handshake has set it), becomes the initial window; and Threshold, if it is 0, more
// than any window. The initial window is four segments, three when the MSS is more than
// 1095 bytes, two when it is more than 2190 (RFC 5681 §3.1); or, when it is not 0,
// b.Config.InitialWindow segments, but no more bytes than that many of 1460, or than two
// segments if those are more (RFC 6928 §2).
//
// SentAt is when new data last went out: Output sets it. After a pause of more than an RTO
// with nothing in flight, Window is at most the initial one again (RFC 5681 §4.1).
func CongestionStart(b *tcp.TCB, now time.Time) {
	// TODO(step 3.10): the initial window, and the one after a pause.
}

// CongestionACK is called by Acknowledge when something new was acknowledged, length
// numbers of it, and SND.UNA has advanced. Outside recovery it opens b.Congestion.Window
// (step 3.10): in slow start, while Window ≤ Threshold (or only while it is less: RFC 5681
// §3.1 leaves that open), by the bytes acknowledged, at most two MSS, or one MSS when it
// began with a time-out, as b.Congestion.TimedOut may note for you (RFC 3465 §2.3; RFC 5681
// §3.1 has one MSS always); else by one MSS for each Window of bytes acknowledged, and by
// no more than one MSS a round trip. It grows to 1 GiB at most: no peer's window is larger
// (RFC 7323 §2.3).
//
// Step 3.11: it begins the count of duplicates anew. During recovery RecoveryACK has the say
// instead. Outside recovery Recover is never left behind SND.UNA: 2 GiB behind would look
// like ahead.
//
// Of now this has no need; CUBIC, which counts by time, has.
func CongestionACK(b *tcp.TCB, length int, now time.Time) {
	// TODO(step 3.10): slow start, and congestion avoidance.
	// TODO(step 3.11): duplicates, RecoveryACK, Recover.
}

// CongestionTimeout is called by Retransmit when the retransmission timer has expired, and
// b.RTO.Attempts was counted: nothing gets through (RFC 5681 §3.1; step 3.10). At the first
// time-out in a row b.Congestion.Threshold becomes half of what is in flight, at least
// 2*b.Snd.MSS. At each one b.Congestion.Window becomes one b.Snd.MSS, and
// b.Congestion.Recover SND.NXT; fast recovery and the count of duplicates end.
func CongestionTimeout(b *tcp.TCB) {
	// TODO(step 3.10): half, and one segment.
}
