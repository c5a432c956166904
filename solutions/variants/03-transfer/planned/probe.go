package transfer

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// overrideTimeout is how long a window that is open and too small may hold text
// back (RFC 9293 §3.8.6.2.1).
const overrideTimeout = time.Second

// A hindrance is what the peer's window does to text that waits.
type hindrance int

const (
	none   hindrance = iota
	narrow           // open, but too small to be worth sending; nothing is in flight
	closed
)

// hindranceOf says why text does not leave although Output has just run.
func hindranceOf(b *tcp.TCB) hindrance {
	o := outlookOf(b)
	unsent := span{o.sent, o.text.to}.len() > 0
	switch {
	case b.Snd.Wnd == 0 && o.text.len() > 0:
		return closed
	case unsent && o.outstanding.len() == 0:
		return narrow
	}
	return none
}

// watchWindow runs the probe timer instead of the retransmission timer while the
// peer's window hinders text (RFC 9293 §3.8.6.1), and the other way round.
func watchWindow(b *tcp.TCB, now time.Time) {
	h := hindranceOf(b)
	if h == none {
		b.Timers.Probe, b.RTO.Probes = time.Time{}, 0
		if outstanding(b).len() > 0 {
			startTimer(b, now)
		}
		return
	}
	if h == narrow {
		b.RTO.Probes = 0
	}
	due := now.Add(pause(b, h))
	if b.Timers.Probe.IsZero() || h == narrow && due.Before(b.Timers.Probe) {
		b.Timers.Probe = due
	}
	b.Timers.Retransmit = time.Time{}
}

// pause returns the time to the next probe: the RTO, and half as much again for
// each that was sent.
func pause(b *tcp.TCB, h hindrance) time.Duration {
	longest := b.Config.MaxRTO
	if h == narrow {
		longest = overrideTimeout
	}
	length := b.RTO.Value
	for range b.RTO.Probes {
		length = min(length+length/2, longest)
	}
	return min(length, longest)
}

// probe is what the probe timer means: a closed window is asked with a byte, one
// that is too small is used.
func probe(b *tcp.TCB, now time.Time) error {
	o := outlookOf(b)
	if b.Snd.Wnd > 0 {
		if text := o.cut(span{o.sent, o.text.to}, o.peer); text.len() > 0 {
			sendNew(b, text, now)
		}
		return nil
	}
	if o.text.len() == 0 {
		return nil
	}
	if givenUp(b, now) {
		return syscall.ETIMEDOUT
	}
	first := spanOf(b.Snd.Una, 1)
	emitText(b, first)
	b.Snd.Nxt = b.Snd.Nxt.Max(first.to)
	b.RTO.Timing = false // when the peer answers is its own affair
	b.RTO.Probes++
	b.Timers.Probe = now.Add(pause(b, closed))
	sendAgain(b)
	return nil
}
