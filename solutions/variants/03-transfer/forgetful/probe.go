package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// stuck: there is data, and neither an ACK nor the retransmission timer will move it.
func stuck(b *tcp.TCB) bool {
	if b.Snd.Wnd == 0 {
		return b.Snd.Queue.Len() > 0
	}
	return inFlight(b) == 0 && unsent(b) > 0
}

// chooseTimer lets exactly one of the two timers run, the one there is reason for.
func chooseTimer(b *tcp.TCB, now time.Time) {
	t := &b.Timers
	if stuck(b) {
		t.Retransmit = time.Time{}
		if b.Snd.Wnd > 0 && b.RTO.Probes > 0 {
			t.Probe, b.RTO.Probes = time.Time{}, 0 // open, a little: what it was is forgotten
		}
		if t.Probe.IsZero() {
			t.Probe = now.Add(probePause(b))
		}
		return
	}
	t.Probe, b.RTO.Probes = time.Time{}, 0
	if inFlight(b) > 0 {
		startTimer(b, now)
	}
}

func probePause(b *tcp.TCB) time.Duration {
	d := b.RTO.Value
	if b.Snd.Wnd > 0 {
		return min(d, time.Second)
	}
	for i := 0; i < b.RTO.Probes && d < b.Config.MaxRTO; i++ {
		d *= 2
	}
	return min(d, b.Config.MaxRTO)
}

// probe asks the peer for its window with text that it may refuse.
func probe(b *tcp.TCB, now time.Time) error {
	if !stuck(b) {
		return nil
	}
	snd := &b.Snd
	if snd.Wnd == 0 {
		if err := countExpiry(b, now); err != nil {
			return err
		}
	}
	n := min(snd.Queue.Len(), snd.MSS, max(1, int(snd.Wnd)))
	emitText(b, snd.Una, n)
	snd.Nxt = snd.Nxt.Max(snd.Una.Add(n))
	b.RTO.Timing = false
	if snd.Wnd == 0 {
		snd.Resending, snd.Resend = true, snd.Una
	} else {
		timeText(b, snd.Nxt, now) // nothing was in flight, so all of it is new
	}
	b.RTO.Probes++
	b.Timers.Probe = now.Add(probePause(b))
	return nil
}
