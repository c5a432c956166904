package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// countExpiry notes one more expiry without a word from the peer. It reports
// whether the peer's time is up.
func countExpiry(b *tcp.TCB, now time.Time) error {
	r := &b.RTO
	if r.Attempts == 0 {
		r.First = now
	} else if now.Sub(r.First) >= b.Config.R2 {
		return syscall.ETIMEDOUT
	}
	r.Attempts++
	return nil
}

// expire is a retransmission time-out.
func expire(b *tcp.TCB, now time.Time) error {
	if b.Snd.Wnd == 0 && b.Snd.Queue.Len() > 0 {
		return probe(b, now)
	}
	if inFlight(b) == 0 {
		return nil
	}
	first := b.RTO.Attempts == 0
	if err := countExpiry(b, now); err != nil {
		return err
	}
	b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
	collapse(b, first)
	r := &b.RTO
	r.Value = min(2*r.Value, b.Config.MaxRTO)
	r.ResentAt, r.Timing = now, false
	b.Timers.Retransmit = now.Add(r.Value)
	return nil
}

// sendAgain sends what the pointer has not come to yet.
func sendAgain(b *tcp.TCB, now time.Time) {
	snd := &b.Snd
	sent := min(snd.Queue.Len(), inFlight(b)) // bytes, without a FIN
	for snd.Resending {
		done := snd.Resend.Sub(snd.Una)
		need, room := min(sent-done, snd.MSS), reach(b)-done
		if room < need && done > 0 {
			return // what is in flight will make room for a whole one
		}
		if need <= 0 || room <= 0 {
			return
		}
		n := min(snd.Queue.Len()-done, snd.MSS, room) // new text comes along
		emitText(b, snd.Resend, n)
		noteSending(b, now)
		snd.Resend = snd.Resend.Add(n)
		snd.Nxt = snd.Nxt.Max(snd.Resend)
		snd.Resending = snd.Resend.Less(snd.Nxt)
	}
}

// noteSending is for text that has gone out just now.
func noteSending(b *tcp.TCB, now time.Time) {
	b.Congestion.SentAt = now
	startTimer(b, now)
}

func startTimer(b *tcp.TCB, now time.Time) {
	if b.Timers.Retransmit.IsZero() {
		b.Timers.Retransmit = now.Add(b.RTO.Value)
	}
}

// restartTimer is for an ACK of something new: all of the RTO for what remains.
func restartTimer(b *tcp.TCB, now time.Time) {
	b.Timers.Retransmit = time.Time{}
	if inFlight(b) > 0 {
		startTimer(b, now)
	}
}

// timeText times the text that ends before end, if no other is being timed.
func timeText(b *tcp.TCB, end tcp.Seq, now time.Time) {
	if r := &b.RTO; !r.Timing {
		r.Timing, r.TimedSeq, r.TimedAt = true, end, now
	}
}

// measure takes the round-trip time from an ACK of something new, if it tells one.
func measure(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	r := &b.RTO
	if r.Timing && r.TimedSeq.LessEq(seg.Ack) {
		r.Timing = false
		learn(r, b.Config, now.Sub(r.TimedAt))
	} else if rtt, ok := echoed(b, seg, now); ok && !r.Timing {
		learn(r, b.Config, rtt)
		r.ResentAt = time.Time{} // one is enough: from here on segments are timed
	}
}

func learn(r *tcp.RetransmissionTimeout, c *tcp.Config, rtt time.Duration) {
	if r.SRTT == 0 {
		r.SRTT, r.RTTVar = max(rtt, 1), rtt/2 // a nanosecond, so that it is not the first again
	} else {
		r.RTTVar += ((r.SRTT - rtt).Abs() - r.RTTVar) / 4
		r.SRTT = max(r.SRTT+(rtt-r.SRTT)/8, 1)
	}
	r.Value = r.SRTT + max(time.Millisecond, c.MinRTTVar, 4*r.RTTVar)
	r.Value = min(max(r.Value, c.MinRTO), c.MaxRTO)
}
