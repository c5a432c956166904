// Code generated from kit/stack/chapters.go by go generate; DO NOT EDIT.

package remote

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Chapters returns the five chapters, of which the command serves one, and what ends its
// process.
func Chapters(c Command) (chapters stack.Chapters, close func()) {
	l := &line{command: c, patience: patience}
	return stack.Chapters{
		Socket:    nearSocket{l},
		Handshake: nearHandshake{l},
		Transfer:  nearTransfer{l},
		Teardown:  nearTeardown{l},
		TimeWait:  nearTimeWait{l},
	}, l.close
}

type nearSocket struct{ l *line }

func (n nearSocket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) (result1 error) {
	n.l.begin(0, "Bind")
	n.l.out.Table(&t)
	n.l.out.TCB(&b)
	n.l.out.AddrPort(&local)
	n.l.out.Uint16(&start)
	n.l.exchange()
	n.l.in.Error(&result1)
	n.l.end()
	return
}

func (n nearSocket) Attach(t *tcp.Table, b *tcp.TCB) (result1 error) {
	n.l.begin(1, "Attach")
	n.l.out.Table(&t)
	n.l.out.TCB(&b)
	n.l.exchange()
	n.l.in.Error(&result1)
	n.l.end()
	return
}

func (n nearSocket) Lookup(t *tcp.Table, seg *tcp.Segment) (result1 *tcp.TCB) {
	n.l.begin(2, "Lookup")
	n.l.out.Table(&t)
	n.l.out.Segment(seg)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.in.TCB(&result1)
	n.l.end()
	return
}

func (n nearSocket) Answer(seg *tcp.Segment) (result1 tcp.Segment, result2 bool) {
	n.l.begin(3, "Answer")
	n.l.out.Segment(seg)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.in.Segment(&result1)
	n.l.in.Bool(&result2)
	n.l.end()
	return
}

func (n nearSocket) Delete(t *tcp.Table, b *tcp.TCB) {
	n.l.begin(4, "Delete")
	n.l.out.Table(&t)
	n.l.out.TCB(&b)
	n.l.exchange()
	n.l.end()
}

type nearHandshake struct{ l *line }

func (n nearHandshake) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) (result1 tcp.Seq) {
	n.l.begin(5, "ISN")
	n.l.out.Secret(&secret)
	n.l.out.FourTuple(&t)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Seq(&result1)
	n.l.end()
	return
}

func (n nearHandshake) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	n.l.begin(6, "Open")
	n.l.out.TCB(&b)
	n.l.out.Seq(&iss)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}

func (n nearHandshake) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child *tcp.TCB, evicted *tcp.TCB) {
	n.l.begin(7, "ArriveListen")
	n.l.out.TCB(&l)
	n.l.out.Segment(seg)
	n.l.out.Seq(&iss)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.in.TCB(&child)
	n.l.in.TCB(&evicted)
	n.l.end()
	return
}

func (n nearHandshake) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	n.l.begin(8, "ArriveSynSent")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.end()
}

func (n nearHandshake) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	n.l.begin(9, "ArriveSynReceived")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.end()
}

func (n nearHandshake) Timeout(b *tcp.TCB, now time.Time) (result1 error) {
	n.l.begin(10, "Timeout")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Error(&result1)
	n.l.end()
	return
}

type nearTransfer struct{ l *line }

func (n nearTransfer) Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) (result1 bool) {
	n.l.begin(11, "Acceptable")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.in.Bool(&result1)
	n.l.end()
	return
}

func (n nearTransfer) Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) (result1 bool) {
	n.l.begin(12, "Acknowledge")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.in.Bool(&result1)
	n.l.end()
	return
}

func (n nearTransfer) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	n.l.begin(13, "Receive")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.end()
}

func (n nearTransfer) Output(b *tcp.TCB, now time.Time) {
	n.l.begin(14, "Output")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}

func (n nearTransfer) Window(b *tcp.TCB) (result1 uint16) {
	n.l.begin(15, "Window")
	n.l.out.TCB(&b)
	n.l.exchange()
	n.l.in.Uint16(&result1)
	n.l.end()
	return
}

func (n nearTransfer) Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) (result1 error) {
	n.l.begin(16, "Timeout")
	n.l.out.TCB(&b)
	n.l.out.Timer(&timer)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Error(&result1)
	n.l.end()
	return
}

type nearTeardown struct{ l *line }

func (n nearTeardown) Close(b *tcp.TCB, now time.Time) {
	n.l.begin(17, "Close")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}

func (n nearTeardown) Abort(b *tcp.TCB, now time.Time) {
	n.l.begin(18, "Abort")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}

func (n nearTeardown) SendFIN(b *tcp.TCB, now time.Time) {
	n.l.begin(19, "SendFIN")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}

func (n nearTeardown) Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	n.l.begin(20, "Reset")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.end()
}

func (n nearTeardown) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	n.l.begin(21, "Arrive")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.end()
}

type nearTimeWait struct{ l *line }

func (n nearTimeWait) Enter(b *tcp.TCB, now time.Time) {
	n.l.begin(22, "Enter")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}

func (n nearTimeWait) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool) {
	n.l.begin(23, "Arrive")
	n.l.out.TCB(&b)
	n.l.out.Segment(seg)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.in.Bring(nil, seg)
	n.l.in.Bool(&reopen)
	n.l.end()
	return
}

func (n nearTimeWait) NextISS(b *tcp.TCB, proposed tcp.Seq) (result1 tcp.Seq) {
	n.l.begin(24, "NextISS")
	n.l.out.TCB(&b)
	n.l.out.Seq(&proposed)
	n.l.exchange()
	n.l.in.Seq(&result1)
	n.l.end()
	return
}

func (n nearTimeWait) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) (result1 error) {
	n.l.begin(25, "Hold")
	n.l.out.TCB(&b)
	n.l.out.FourTuple(&want)
	n.l.out.Bool(&reuse)
	n.l.exchange()
	n.l.in.Error(&result1)
	n.l.end()
	return
}

func (n nearTimeWait) Expire(b *tcp.TCB, now time.Time) {
	n.l.begin(26, "Expire")
	n.l.out.TCB(&b)
	n.l.out.Time(&now)
	n.l.exchange()
	n.l.end()
}
