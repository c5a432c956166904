// Code generated from kit/stack/chapters.go by go generate; DO NOT EDIT.

package serve

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// Socket serves an implementation of stack.Socket, until the pipe is closed.
func Socket(c interface {
	Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error
	Attach(t *tcp.Table, b *tcp.TCB) error
	Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB
	Answer(seg *tcp.Segment) (tcp.Segment, bool)
	Delete(t *tcp.Table, b *tcp.TCB)
}) {
	run(func(r *request, method byte) {
		switch method {
		case 0: // Bind
			var (
				t       *tcp.Table
				b       *tcp.TCB
				local   netip.AddrPort
				start   uint16
				result1 error
			)
			r.in.Table(&t)
			r.in.TCB(&b)
			r.in.AddrPort(&local)
			r.in.Uint16(&start)
			r.arrived()
			r.out.ReachTable(t)
			r.out.Reach(b)
			r.busy(true)
			result1 = c.Bind(t, b, local, start)
			r.busy(false)
			r.out.Error(&result1)
		case 1: // Attach
			var (
				t       *tcp.Table
				b       *tcp.TCB
				result1 error
			)
			r.in.Table(&t)
			r.in.TCB(&b)
			r.arrived()
			r.out.ReachTable(t)
			r.out.Reach(b)
			r.busy(true)
			result1 = c.Attach(t, b)
			r.busy(false)
			r.out.Error(&result1)
		case 2: // Lookup
			var (
				t       *tcp.Table
				seg     tcp.Segment
				result1 *tcp.TCB
			)
			r.in.Table(&t)
			r.in.Segment(&seg)
			r.arrived()
			r.out.ReachTable(t)
			r.note(&seg)
			r.busy(true)
			result1 = c.Lookup(t, &seg)
			r.busy(false)
			r.bring()
			r.out.TCB(&result1)
		case 3: // Answer
			var (
				seg     tcp.Segment
				result1 tcp.Segment
				result2 bool
			)
			r.in.Segment(&seg)
			r.arrived()
			r.note(&seg)
			r.busy(true)
			result1, result2 = c.Answer(&seg)
			r.busy(false)
			r.bring()
			r.out.Segment(&result1)
			r.out.Bool(&result2)
		case 4: // Delete
			var (
				t *tcp.Table
				b *tcp.TCB
			)
			r.in.Table(&t)
			r.in.TCB(&b)
			r.arrived()
			r.out.ReachTable(t)
			r.out.Reach(b)
			r.busy(true)
			c.Delete(t, b)
			r.busy(false)
		default:
			r.unknown(method)
		}
	})
}

// Handshake serves an implementation of stack.Handshake, until the pipe is closed.
func Handshake(c interface {
	ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq
	Open(b *tcp.TCB, iss tcp.Seq, now time.Time)
	ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB)
	ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time)
	ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time)
	Timeout(b *tcp.TCB, now time.Time) error
}) {
	run(func(r *request, method byte) {
		switch method {
		case 5: // ISN
			var (
				secret  [16]byte
				t       tcp.FourTuple
				now     time.Time
				result1 tcp.Seq
			)
			r.in.Secret(&secret)
			r.in.FourTuple(&t)
			r.in.Time(&now)
			r.arrived()
			r.busy(true)
			result1 = c.ISN(secret, t, now)
			r.busy(false)
			r.out.Seq(&result1)
		case 6: // Open
			var (
				b   *tcp.TCB
				iss tcp.Seq
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Seq(&iss)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.Open(b, iss, now)
			r.busy(false)
		case 7: // ArriveListen
			var (
				l       *tcp.TCB
				seg     tcp.Segment
				iss     tcp.Seq
				now     time.Time
				child   *tcp.TCB
				evicted *tcp.TCB
			)
			r.in.TCB(&l)
			r.in.Segment(&seg)
			r.in.Seq(&iss)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(l)
			r.note(&seg)
			r.busy(true)
			child, evicted = c.ArriveListen(l, &seg, iss, now)
			r.busy(false)
			r.bring()
			r.out.TCB(&child)
			r.out.TCB(&evicted)
		case 8: // ArriveSynSent
			var (
				b   *tcp.TCB
				seg tcp.Segment
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			c.ArriveSynSent(b, &seg, now)
			r.busy(false)
			r.bring()
		case 9: // ArriveSynReceived
			var (
				b   *tcp.TCB
				seg tcp.Segment
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			c.ArriveSynReceived(b, &seg, now)
			r.busy(false)
			r.bring()
		case 10: // Timeout
			var (
				b       *tcp.TCB
				now     time.Time
				result1 error
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			result1 = c.Timeout(b, now)
			r.busy(false)
			r.out.Error(&result1)
		default:
			r.unknown(method)
		}
	})
}

// Transfer serves an implementation of stack.Transfer, until the pipe is closed.
func Transfer(c interface {
	Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool
	Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool
	Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time)
	Output(b *tcp.TCB, now time.Time)
	Window(b *tcp.TCB) uint16
	Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error
}) {
	run(func(r *request, method byte) {
		switch method {
		case 11: // Acceptable
			var (
				b       *tcp.TCB
				seg     tcp.Segment
				now     time.Time
				result1 bool
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			result1 = c.Acceptable(b, &seg, now)
			r.busy(false)
			r.bring()
			r.out.Bool(&result1)
		case 12: // Acknowledge
			var (
				b       *tcp.TCB
				seg     tcp.Segment
				now     time.Time
				result1 bool
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			result1 = c.Acknowledge(b, &seg, now)
			r.busy(false)
			r.bring()
			r.out.Bool(&result1)
		case 13: // Receive
			var (
				b   *tcp.TCB
				seg tcp.Segment
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			c.Receive(b, &seg, now)
			r.busy(false)
			r.bring()
		case 14: // Output
			var (
				b   *tcp.TCB
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.Output(b, now)
			r.busy(false)
		case 15: // Window
			var (
				b       *tcp.TCB
				result1 uint16
			)
			r.in.TCB(&b)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			result1 = c.Window(b)
			r.busy(false)
			r.out.Uint16(&result1)
		case 16: // Timeout
			var (
				b       *tcp.TCB
				timer   tcp.Timer
				now     time.Time
				result1 error
			)
			r.in.TCB(&b)
			r.in.Timer(&timer)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			result1 = c.Timeout(b, timer, now)
			r.busy(false)
			r.out.Error(&result1)
		default:
			r.unknown(method)
		}
	})
}

// Teardown serves an implementation of stack.Teardown, until the pipe is closed.
func Teardown(c interface {
	Close(b *tcp.TCB, now time.Time)
	Abort(b *tcp.TCB, now time.Time)
	SendFIN(b *tcp.TCB, now time.Time)
	Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time)
	Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time)
}) {
	run(func(r *request, method byte) {
		switch method {
		case 17: // Close
			var (
				b   *tcp.TCB
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.Close(b, now)
			r.busy(false)
		case 18: // Abort
			var (
				b   *tcp.TCB
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.Abort(b, now)
			r.busy(false)
		case 19: // SendFIN
			var (
				b   *tcp.TCB
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.SendFIN(b, now)
			r.busy(false)
		case 20: // Reset
			var (
				b   *tcp.TCB
				seg tcp.Segment
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			c.Reset(b, &seg, now)
			r.busy(false)
			r.bring()
		case 21: // Arrive
			var (
				b   *tcp.TCB
				seg tcp.Segment
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			c.Arrive(b, &seg, now)
			r.busy(false)
			r.bring()
		default:
			r.unknown(method)
		}
	})
}

// TimeWait serves an implementation of stack.TimeWait, until the pipe is closed.
func TimeWait(c interface {
	Enter(b *tcp.TCB, now time.Time)
	Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool)
	NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq
	Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error
	Expire(b *tcp.TCB, now time.Time)
}) {
	run(func(r *request, method byte) {
		switch method {
		case 22: // Enter
			var (
				b   *tcp.TCB
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.Enter(b, now)
			r.busy(false)
		case 23: // Arrive
			var (
				b      *tcp.TCB
				seg    tcp.Segment
				now    time.Time
				reopen bool
			)
			r.in.TCB(&b)
			r.in.Segment(&seg)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.note(&seg)
			r.busy(true)
			reopen = c.Arrive(b, &seg, now)
			r.busy(false)
			r.bring()
			r.out.Bool(&reopen)
		case 24: // NextISS
			var (
				b        *tcp.TCB
				proposed tcp.Seq
				result1  tcp.Seq
			)
			r.in.TCB(&b)
			r.in.Seq(&proposed)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			result1 = c.NextISS(b, proposed)
			r.busy(false)
			r.out.Seq(&result1)
		case 25: // Hold
			var (
				b       *tcp.TCB
				want    tcp.FourTuple
				reuse   bool
				result1 error
			)
			r.in.TCB(&b)
			r.in.FourTuple(&want)
			r.in.Bool(&reuse)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			result1 = c.Hold(b, want, reuse)
			r.busy(false)
			r.out.Error(&result1)
		case 26: // Expire
			var (
				b   *tcp.TCB
				now time.Time
			)
			r.in.TCB(&b)
			r.in.Time(&now)
			r.arrived()
			r.out.Reach(b)
			r.busy(true)
			c.Expire(b, now)
			r.busy(false)
		default:
			r.unknown(method)
		}
	})
}
