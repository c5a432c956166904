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
	// TODO(step 3.4): new data, and acknowledgments.
	// TODO(step 3.5): the ACK that WindowUpdateDue asks for.
	// TODO(step 3.6): Resend, and StartTimer when new data goes out.
	// TODO(step 3.7): TimeSegment.
	// TODO(step 3.8): ask Waits.
	// TODO(step 3.9): WatchWindow.
	// TODO(step 3.10): CongestionStart, and when data went out.
	// TODO(step 3.11): LimitedTransmit.
}
