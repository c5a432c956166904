package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Output sends what there is to send (RFC 9293 §3.8, §3.10.2). It is called after
// every event in a synchronized state except TIME-WAIT. Step 3.4:
//
//   - New data goes out: bytes of b.Snd.Queue with SEG.ACK = RCV.NXT, in segments
//     of b.Snd.MSS bytes, or of what is left if that is less, and SND.NXT advances.
//     The last of what is queued carries PSH. What is in flight never reaches beyond
//     SND.UNA+SND.WND, nor is it more than b.Congestion.Window.
//   - If b.Delayed says that there is something to acknowledge, and no
//     segment has carried an ACK just now, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>
//     goes out: at once when b.Delayed.Now is set or b.Config.DelayedACK is 0,
//     else when the delayed-ACK timer expires, which is set to b.Config.DelayedACK
//     from now if it does not run.
//
// The other steps write functions of their own, which do nothing until then. Output calls
// them; what each does is said there:
//
//	CongestionStart  first of all                                              step 3.10
//	Resend           then, while b.Snd.Resending; no segment of new data        step 3.6
//	                 goes out before that is over
//	LimitedTransmit  how much new data may go beyond b.Congestion.Window       step 3.11
//	Waits            whether a segment of new data had better wait              step 3.8
//	TimeSegment      when one has gone out                                      step 3.7
//	StartTimer       likewise; and b.Congestion.SentAt becomes now        steps 3.6, 3.10
//	WindowUpdateDue  whether an ACK goes out although there is nothing new      step 3.5
//	                 to acknowledge, and nothing else goes out
//	WatchWindow      last of all                                                step 3.9
func (Chapter) Output(b *tcp.TCB, now time.Time) {
	CongestionStart(b, now)
	if b.Snd.Resending {
		Resend(b, now)
	}
	if !b.Snd.Resending {
		sendNew(b, now)
	}
	sendDueACK(b, now)
	WatchWindow(b, now)
}

// allowed returns how many bytes may be in flight: as many as the peer takes
// and the network bears.
func allowed(b *tcp.TCB) int { return int(min(b.Snd.Wnd, b.Congestion.Window)) }

// allowedNew is allowed for data that goes out for the first time.
func allowedNew(b *tcp.TCB) int {
	return min(int(b.Snd.Wnd), int(b.Congestion.Window)+LimitedTransmit(b))
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
	TimeSegment(b, now)
	StartTimer(b, now)
}

// worthSending returns how many bytes of new data to send in one segment now; 0
// when there is nothing to send, or it is better to wait.
func worthSending(b *tcp.TCB) int {
	n := max(0, min(unsent(b), b.Snd.MSS, allowedNew(b)-inFlight(b)))
	if Waits(b, n) {
		return 0
	}
	return n
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
