package stack

import (
	"net/netip"
	"reflect"
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

// Deed is what a chapter's function has done, as a line of a ladder tells of it. To look
// something up, or at a segment with which there is nothing to do, is none.
type Deed uint8

// The deeds.
const (
	Made    Deed = 1 << iota // it has made a socket: named it, or put it where segments find it
	Took                     // it has taken a segment that arrived: one that changed the socket, or is answered
	Called                   // it has done what an application called for: open, close, abort
	Expired                  // it has done what is due when a timer expires
	Waits                    // it has begun to wait in TIME-WAIT
	Deleted                  // it has deleted a socket
	Emitted                  // it has emitted a segment
)

// Telling returns chapters that do what c's do. Those with a number in whose, from 1, tell
// of each deed when it is done; with Emitted goes the segment, good until tell returns. It
// may not call the stack.
func (c Chapters) Telling(whose []int, tell func(Deed, *tcp.Segment)) Chapters {
	t := teller(tell)
	for _, n := range whose {
		switch {
		case n == 1 && c.Socket != nil:
			c.Socket = tellingSocket{c.Socket, t}
		case n == 2 && c.Handshake != nil:
			c.Handshake = tellingHandshake{c.Handshake, t}
		case n == 3 && c.Transfer != nil:
			c.Transfer = tellingTransfer{c.Transfer, t}
		case n == 4 && c.Teardown != nil:
			c.Teardown = tellingTeardown{c.Teardown, t}
		case n == 5 && c.TimeWait != nil:
			c.TimeWait = tellingTimeWait{c.TimeWait, t}
		}
	}
	return c
}

// teller is told of deeds.
type teller func(Deed, *tcp.Segment)

// call has a function called that is there to do something.
func (t teller) call(d Deed, b *tcp.TCB, f func()) {
	emitted := len(b.Outbox)
	f()
	t(d, nil)
	t.emitted(b, emitted)
}

// take has a function called that a segment is shown to. Only if b is another afterwards
// has it taken it.
func (t teller) take(b *tcp.TCB, f func()) {
	before := *b
	f()
	if !reflect.DeepEqual(&before, b) { // of queues, what they hold is compared by its place and length
		t(Took, nil)
	}
	t.emitted(b, len(before.Outbox))
}

// emitted tells of the segments that a function has put behind those before it.
func (t teller) emitted(b *tcp.TCB, before int) {
	for i := before; i < len(b.Outbox); i++ {
		t(Emitted, &b.Outbox[i])
	}
}

type tellingSocket struct {
	Socket
	teller
}

func (c tellingSocket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	c.teller(Made, nil)
	return c.Socket.Bind(t, b, local, start)
}

func (c tellingSocket) Attach(t *tcp.Table, b *tcp.TCB) error {
	c.teller(Made, nil)
	return c.Socket.Attach(t, b)
}

func (c tellingSocket) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	reply, ok := c.Socket.Answer(seg)
	if ok {
		c.teller(Took, nil)
		c.teller(Emitted, &reply)
	}
	return reply, ok
}

func (c tellingSocket) Delete(t *tcp.Table, b *tcp.TCB) {
	c.teller(Deleted, nil)
	c.Socket.Delete(t, b)
}

type tellingHandshake struct {
	Handshake
	teller
}

func (c tellingHandshake) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	c.call(Called, b, func() { c.Handshake.Open(b, iss, now) })
}

func (c tellingHandshake) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	c.take(l, func() { child, evicted = c.Handshake.ArriveListen(l, seg, iss, now) })
	if child != nil {
		c.teller(Took, nil)
		c.teller(Made, nil)
		c.emitted(child, 0)
	}
	return child, evicted
}

func (c tellingHandshake) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	c.take(b, func() { c.Handshake.ArriveSynSent(b, seg, now) })
}

func (c tellingHandshake) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	c.take(b, func() { c.Handshake.ArriveSynReceived(b, seg, now) })
}

func (c tellingHandshake) Timeout(b *tcp.TCB, now time.Time) (err error) {
	c.call(Expired, b, func() { err = c.Handshake.Timeout(b, now) })
	return err
}

type tellingTransfer struct {
	Transfer
	teller
}

func (c tellingTransfer) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) (ok bool) {
	c.take(b, func() { ok = c.Transfer.Acceptable(b, seg, now) })
	return ok
}

func (c tellingTransfer) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) (ok bool) {
	c.take(b, func() { ok = c.Transfer.Acknowledge(b, seg, now) })
	return ok
}

func (c tellingTransfer) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	c.take(b, func() { c.Transfer.Receive(b, seg, now) })
}

// Output is asked after every event: what it does is what it emits.
func (c tellingTransfer) Output(b *tcp.TCB, now time.Time) {
	emitted := len(b.Outbox)
	c.Transfer.Output(b, now)
	c.emitted(b, emitted)
}

func (c tellingTransfer) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) (err error) {
	c.call(Expired, b, func() { err = c.Transfer.Timeout(b, timer, now) })
	return err
}

type tellingTeardown struct {
	Teardown
	teller
}

func (c tellingTeardown) Close(b *tcp.TCB, now time.Time) {
	c.call(Called, b, func() { c.Teardown.Close(b, now) })
}

func (c tellingTeardown) Abort(b *tcp.TCB, now time.Time) {
	c.call(Called, b, func() { c.Teardown.Abort(b, now) })
}

func (c tellingTeardown) SendFIN(b *tcp.TCB, now time.Time) {
	emitted := len(b.Outbox)
	c.Teardown.SendFIN(b, now)
	c.emitted(b, emitted)
}

func (c tellingTeardown) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	c.take(b, func() { c.Teardown.Reset(b, seg, now) })
}

func (c tellingTeardown) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	c.take(b, func() { c.Teardown.Arrive(b, seg, now) })
}

type tellingTimeWait struct {
	TimeWait
	teller
}

func (c tellingTimeWait) Enter(b *tcp.TCB, now time.Time) {
	c.call(Waits, b, func() { c.TimeWait.Enter(b, now) })
}

func (c tellingTimeWait) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	c.take(b, func() { reopen = c.TimeWait.Arrive(b, seg, now) })
	if reopen {
		c.teller(Took, nil)
	}
	return reopen
}

func (c tellingTimeWait) Expire(b *tcp.TCB, now time.Time) {
	c.call(Expired, b, func() { c.TimeWait.Expire(b, now) })
}

// Deeds are those of one host that nobody has asked for yet. The zero Deeds are none.
type Deeds struct {
	done    Deed
	emitted []emission
}

// emission is what tells a segment from others that are about to leave.
type emission struct {
	flags    tcp.Flags
	seq, ack tcp.Seq
	length   int
}

func emissionOf(seg *tcp.Segment) emission {
	return emission{seg.Flags, seg.Seq, seg.Ack, len(seg.Payload)}
}

// Note adds a deed, as it is told by [Chapters.Telling].
func (d *Deeds) Note(deed Deed, seg *tcp.Segment) {
	if deed == Emitted {
		d.emitted = append(d.emitted, emissionOf(seg))
		return
	}
	d.done |= deed
}

// Which returns those of these deeds that were done.
func (d *Deeds) Which(any Deed) Deed { return d.done & any }

// Take reports whether any of these deeds was done, and forgets them.
func (d *Deeds) Take(any Deed) bool {
	done := d.Which(any) != 0
	d.done &^= any
	return done
}

// Left reports whether a segment that has left was emitted by who tells. The latest like it
// is meant: one before it the stack may have taken back.
func (d *Deeds) Left(seg *tcp.Segment) bool {
	for i, e := range slices.Backward(d.emitted) {
		if e == emissionOf(seg) {
			d.emitted = slices.Delete(d.emitted, i, i+1)
			return true
		}
	}
	return false
}
