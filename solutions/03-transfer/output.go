package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Output sends what there is to send (RFC 9293 §3.8, §3.10.2). It is called after
// every event in a synchronized state except TIME-WAIT. In this order:
//
//   - (Step 3.6.) While b.Snd.Resending, what was outstanding goes out again from
//     b.Snd.Resend on, and b.Snd.Resend advances; b.Snd.Resending is cleared when
//     it comes to SND.NXT. A segment that is not full may take new data along.
//     Where the data ends and a FIN was sent, b.Snd.Resending stays set: teardown
//     sends the FIN.
//   - (Step 3.4.) New data goes out: bytes of b.Snd.Queue with SEG.ACK = RCV.NXT,
//     in segments of at most b.Snd.MSS, and SND.NXT advances. The last of what is
//     queued carries PSH. What is in flight never reaches beyond SND.UNA+SND.WND,
//     nor is it more than b.Congestion.Window. (Step 3.8.) With new data it may be one
//     b.Snd.MSS more for each of the first two duplicate ACKs since the last ACK of
//     something new, while everything outstanding at the last loss is acknowledged; the
//     Window stays as it is (limited transmit, RFC 5681 §3.2 step 1).
//   - (Step 3.7.) A segment that is not full, while something is in flight, waits
//     for company (Nagle, RFC 9293 §3.7.4), unless b.NoDelay is set or the application
//     will write no more, b.CloseCalled. One that a window cuts short, the peer's or
//     the network's, waits for a larger window, unless it is half of b.Snd.MaxWnd
//     (§3.8.6.2.1), and may wait even so while something is in flight.
//   - (Step 3.4.) If b.Delayed says that there is something to acknowledge, and no
//     segment has carried an ACK just now, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>
//     goes out: at once when b.Delayed.Now is set or b.Config.DelayedACK is 0,
//     else when the delayed-ACK timer expires, which is set to b.Config.DelayedACK
//     from now if it does not run.
//   - (Step 3.5.) Such an ACK also goes out when the window could be opened far: by
//     half of the most that can be announced, which is the buffer, or what 16 bits
//     and Rcv.Scale can say of it; or, when less than one MSS of the window is left,
//     as soon as Window would open it. After the peer's FIN, b.Rcv.FinDone, it would
//     tell nobody anything.
//   - (Step 3.7.) While there is data that the peer's window does not let out,
//     because it is closed, or because nothing is in flight and it is too small,
//     the probe timer runs instead of the retransmission timer, or both ends might
//     wait for ever (§3.8.6.1). The pause is the RTO, doubled for each probe sent
//     so far, b.RTO.Probes, but at most b.Config.MaxRTO. Where the window is open and
//     only too small, it is a second at most (§3.8.6.2.1), also when the window was
//     closed until now and a longer pause has begun. With the reason both the timer
//     and the count end.
//
// Step 3.6: when data goes out and the retransmission timer is stopped, it starts:
// b.RTO.Value from now; otherwise it runs on. New data is timed, if nothing else
// is: b.RTO.Timing, TimedSeq, the number after it, and TimedAt.
//
// Step 3.8: before the first data, while b.Congestion.SentAt is zero, Recover becomes
// SND.UNA; Window, if it is 0 (else the handshake has set it), becomes the initial
// window; and Threshold, if it is 0, more than any window. The initial window is four
// segments, three when the MSS is more than 1095 bytes, two when it is more than 2190
// (RFC 5681 §3.1); or, when it is not 0, b.Config.InitialWindow segments, but no more
// bytes than that many of 1460, or than two segments if those are more (RFC 6928 §2).
// SentAt is when new data last went out: after a pause of more than an RTO with nothing
// in flight, Window is at most the initial one again (RFC 5681 §4.1).
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	congestionStart(b, now)
	if b.Snd.Resending {
		resend(b, now)
	}
	sendNew(b, now)
	sendDueACK(b, now)
	watchWindow(b, now)
}

// allowed returns how many bytes may be in flight: as many as the peer takes
// and the network bears.
func allowed(b *tcp.TCB) int { return int(min(b.Snd.Wnd, b.Congestion.Window)) }

// allowedNew is allowed for data that goes out for the first time.
func allowedNew(b *tcp.TCB) int {
	return min(int(b.Snd.Wnd), int(b.Congestion.Window)+limitedTransmit(b))
}

// sendNew sends data for the first time.
func sendNew(b *tcp.TCB, now time.Time) {
	for {
		n := worthSending(b)
		if n == 0 {
			return
		}
		sendNext(b, n, now)
	}
}

// sendNext sends the next n bytes for the first time, in one segment.
func sendNext(b *tcp.TCB, n int, now time.Time) {
	segment(b, b.Snd.Nxt, n)
	b.Snd.Nxt = b.Snd.Nxt.Add(n)
	b.Congestion.SentAt = now
	if !b.RTO.Timing {
		b.RTO.Timing, b.RTO.TimedSeq, b.RTO.TimedAt = true, b.Snd.Nxt, now
	}
	startTimer(b, now)
}

// worthSending returns how many bytes of new data to send in one segment now; 0
// when it is better to wait. Worth sending is
//
//   - a full segment;
//   - all there is, if nothing is in flight (Nagle, §3.7.4), or the application
//     has asked not to wait or will write no more;
//   - half the largest window the peer ever had, because it may have no more
//     (SWS avoidance, §3.8.6.2.1).
func worthSending(b *tcp.TCB) int {
	queued, flight := unsent(b), inFlight(b)
	n := min(queued, b.Snd.MSS, allowedNew(b)-flight)
	switch {
	case n <= 0 || b.Snd.Resending:
		return 0
	case n == b.Snd.MSS:
		return n
	case n == queued && (flight == 0 || b.NoDelay || b.CloseCalled):
		return n
	case n >= int(b.Snd.MaxWnd)/2:
		return n
	}
	return 0
}

// segment emits n bytes of the send queue from seq on. The last segment of what
// is queued pushes: nothing more is coming for now (§3.9.1.2, MUST-61).
func segment(b *tcp.TCB, seq tcp.Seq, n int) {
	offset := seq.Sub(b.Snd.Una)
	flags := tcp.ACK
	if offset+n == b.Snd.Queue.Len() {
		flags |= tcp.PSH
	}
	b.Emit(tcp.Segment{
		Seq: seq, Ack: b.Rcv.Nxt, Flags: flags,
		Payload: b.Snd.Queue.Peek(offset, n),
	})
}
