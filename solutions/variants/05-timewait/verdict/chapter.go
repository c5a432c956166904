// Package timewait is another way to write chapter 5: judgement and execution are
// apart. A segment is read once, into what of it matters here (segment.go); a pure
// function, which changes nothing and sends nothing, gives a verdict on that
// (verdict.go); and a table of actions says what each verdict leads to (below).
// Sequence numbers and timestamps are compared as distances from RCV.NXT and
// TS.Recent, signed 32-bit numbers of which zero is "exactly there".
package timewait

import (
	"net/netip"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 5 as the stack runs it. It has no state of its own.
type Chapter struct{}

// action is what a verdict leads to.
type action func(b *tcp.TCB, now time.Time)

// actions has one for each verdict; nil does nothing.
var actions = [verdicts]action{
	over:         Chapter{}.Expire,
	finAgain:     acknowledgeAndWait,
	pastWithNews: acknowledge,
	pastEmpty:    acknowledgeSeldom,
}

// Enter lets the wait begin.
func (Chapter) Enter(b *tcp.TCB, now time.Time) {
	const lifetimes = 2
	b.Timers.TimeWait = now.Add(lifetimes * b.Config.MSL)
}

// Expire ends the wait.
func (Chapter) Expire(b *tcp.TCB, _ time.Time) { b.State = tcp.Closed }

// Arrive has the segment judged and the verdict executed.
func (Chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	v := judge(read(b, seg), b.Config.ObeyResetInTimeWait)
	if do := actions[v]; do != nil {
		do(b, now)
	}
	return v == begins
}

func acknowledge(b *tcp.TCB, _ time.Time) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}

func acknowledgeAndWait(b *tcp.TCB, now time.Time) {
	acknowledge(b, now)
	Chapter{}.Enter(b, now)
}

func acknowledgeSeldom(b *tcp.TCB, now time.Time) {
	if b.AllowChallenge(now) {
		acknowledge(b, now)
	}
}

// NextISS returns the higher of the proposed number and SND.NXT, the first that b
// has not used.
func (Chapter) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	return b.Snd.Nxt + tcp.Seq(max(0, distance(b.Snd.Nxt, proposed)))
}

// Hold lists who is refused, and lets everybody else pass.
func (Chapter) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	bind := !want.Remote.IsValid()
	if bind {
		want.Remote = netip.AddrPort{}
	}
	for _, refused := range [...]struct {
		name tcp.FourTuple
		here bool
		err  error
	}{
		{b.Tuple(), !bind, syscall.EADDRNOTAVAIL},
		{tcp.FourTuple{Local: b.Local}, bind && !reuse, syscall.EADDRINUSE},
		{tcp.FourTuple{Local: everywhere(b.Local)}, bind && !reuse, syscall.EADDRINUSE},
	} {
		if refused.here && refused.name == want {
			return refused.err
		}
	}
	return nil
}

// everywhere returns the port at every address of the host.
func everywhere(local netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.Addr{}, local.Port())
}
