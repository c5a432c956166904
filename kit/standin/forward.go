// Code generated from kit/stack/chapters.go by go generate; DO NOT EDIT.

package standin

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Socket forwards to the [stack.Socket] that was chosen.
type Socket struct{}

var _ stack.Socket = Socket{}

// Bind is [stack.Socket]'s.
func (Socket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	begin()
	defer underway.Add(-1)
	return chosen.Socket.Bind(t, b, local, start)
}

// Attach is [stack.Socket]'s.
func (Socket) Attach(t *tcp.Table, b *tcp.TCB) error {
	begin()
	defer underway.Add(-1)
	return chosen.Socket.Attach(t, b)
}

// Lookup is [stack.Socket]'s.
func (Socket) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	begin()
	defer underway.Add(-1)
	return chosen.Socket.Lookup(t, seg)
}

// Answer is [stack.Socket]'s.
func (Socket) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	begin()
	defer underway.Add(-1)
	return chosen.Socket.Answer(seg)
}

// Delete is [stack.Socket]'s.
func (Socket) Delete(t *tcp.Table, b *tcp.TCB) {
	begin()
	defer underway.Add(-1)
	chosen.Socket.Delete(t, b)
}

// Handshake forwards to the [stack.Handshake] that was chosen.
type Handshake struct{}

var _ stack.Handshake = Handshake{}

// ISN is [stack.Handshake]'s.
func (Handshake) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	begin()
	defer underway.Add(-1)
	return chosen.Handshake.ISN(secret, t, now)
}

// Open is [stack.Handshake]'s.
func (Handshake) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Handshake.Open(b, iss, now)
}

// ArriveListen is [stack.Handshake]'s.
func (Handshake) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	begin()
	defer underway.Add(-1)
	return chosen.Handshake.ArriveListen(l, seg, iss, now)
}

// ArriveSynSent is [stack.Handshake]'s.
func (Handshake) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Handshake.ArriveSynSent(b, seg, now)
}

// ArriveSynReceived is [stack.Handshake]'s.
func (Handshake) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Handshake.ArriveSynReceived(b, seg, now)
}

// Timeout is [stack.Handshake]'s.
func (Handshake) Timeout(b *tcp.TCB, now time.Time) error {
	begin()
	defer underway.Add(-1)
	return chosen.Handshake.Timeout(b, now)
}

// Transfer forwards to the [stack.Transfer] that was chosen.
type Transfer struct{}

var _ stack.Transfer = Transfer{}

// Acceptable is [stack.Transfer]'s.
func (Transfer) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	begin()
	defer underway.Add(-1)
	return chosen.Transfer.Acceptable(b, seg, now)
}

// Acknowledge is [stack.Transfer]'s.
func (Transfer) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	begin()
	defer underway.Add(-1)
	return chosen.Transfer.Acknowledge(b, seg, now)
}

// Receive is [stack.Transfer]'s.
func (Transfer) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Transfer.Receive(b, seg, now)
}

// Output is [stack.Transfer]'s.
func (Transfer) Output(b *tcp.TCB, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Transfer.Output(b, now)
}

// Window is [stack.Transfer]'s.
func (Transfer) Window(b *tcp.TCB) uint16 {
	begin()
	defer underway.Add(-1)
	return chosen.Transfer.Window(b)
}

// Timeout is [stack.Transfer]'s.
func (Transfer) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error {
	begin()
	defer underway.Add(-1)
	return chosen.Transfer.Timeout(b, timer, now)
}

// Teardown forwards to the [stack.Teardown] that was chosen.
type Teardown struct{}

var _ stack.Teardown = Teardown{}

// Close is [stack.Teardown]'s.
func (Teardown) Close(b *tcp.TCB, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Teardown.Close(b, now)
}

// Abort is [stack.Teardown]'s.
func (Teardown) Abort(b *tcp.TCB, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Teardown.Abort(b, now)
}

// SendFIN is [stack.Teardown]'s.
func (Teardown) SendFIN(b *tcp.TCB, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Teardown.SendFIN(b, now)
}

// Reset is [stack.Teardown]'s.
func (Teardown) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Teardown.Reset(b, seg, now)
}

// Arrive is [stack.Teardown]'s.
func (Teardown) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.Teardown.Arrive(b, seg, now)
}

// TimeWait forwards to the [stack.TimeWait] that was chosen.
type TimeWait struct{}

var _ stack.TimeWait = TimeWait{}

// Enter is [stack.TimeWait]'s.
func (TimeWait) Enter(b *tcp.TCB, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.TimeWait.Enter(b, now)
}

// Arrive is [stack.TimeWait]'s.
func (TimeWait) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	begin()
	defer underway.Add(-1)
	return chosen.TimeWait.Arrive(b, seg, now)
}

// NextISS is [stack.TimeWait]'s.
func (TimeWait) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	begin()
	defer underway.Add(-1)
	return chosen.TimeWait.NextISS(b, proposed)
}

// Hold is [stack.TimeWait]'s.
func (TimeWait) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	begin()
	defer underway.Add(-1)
	return chosen.TimeWait.Hold(b, want, reuse)
}

// Expire is [stack.TimeWait]'s.
func (TimeWait) Expire(b *tcp.TCB, now time.Time) {
	begin()
	defer underway.Add(-1)
	chosen.TimeWait.Expire(b, now)
}
