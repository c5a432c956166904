package script

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// recorder is a testing.TB that keeps what a failing test would print.
type recorder struct {
	testing.TB
	name    string
	text    string
	cleanup []func()
}

func (r *recorder) Helper()                   {}
func (r *recorder) Name() string              { return r.name }
func (r *recorder) Cleanup(f func())          { r.cleanup = append(r.cleanup, f) }
func (r *recorder) Fatalf(f string, a ...any) { r.Fatal(fmt.Sprintf(f, a...)) }

// Error is told of after the test: what it says counts only if nothing else was said.
func (r *recorder) Error(a ...any) { r.text = fmt.Sprint(a...) }
func (r *recorder) Failed() bool   { return r.text != "" }

func (r *recorder) Fatal(a ...any) {
	r.text = fmt.Sprint(a...)
	runtime.Goexit()
}

// failure runs a script as the test named name and returns what it says when it
// fails, "" when it passes.
func failure(t *testing.T, name string, script func(t testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t, name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range r.cleanup {
				f()
			}
		}()
		script(r)
	}()
	<-done
	if n := strings.Count(r.text, "\n") + 2; n > 25 {
		t.Errorf("a failure of %d lines:\n%s", n, r.text)
	}
	return r.text
}

// plainSocket is a chapter 1 that does what a script with one socket needs.
type plainSocket struct{}

func (plainSocket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, _ uint16) error {
	b.Local = local
	if t.Ports[local.Port()] == nil {
		t.Ports[local.Port()] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[local.Port()][b] = struct{}{}
	return nil
}

func (plainSocket) Attach(t *tcp.Table, b *tcp.TCB) error {
	if b.State == tcp.Listen {
		t.Listeners[b.Local] = b
		return nil
	}
	t.Connections[b.Tuple()] = b
	if t.Ports[b.Local.Port()] == nil {
		t.Ports[b.Local.Port()] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[b.Local.Port()][b] = struct{}{}
	return nil
}

func (plainSocket) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if b := t.Connections[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}]; b != nil {
		return b
	}
	return t.Listeners[seg.Dst]
}

func (plainSocket) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	return tcp.Segment{Seq: seg.Ack, Flags: tcp.RST}, seg.Flags.Has(tcp.ACK)
}

func (plainSocket) Delete(t *tcp.Table, b *tcp.TCB) {
	delete(t.Connections, b.Tuple())
	delete(t.Ports[b.Local.Port()], b)
}

// plainHandshake opens connections, by way of functions that a test may replace.
type plainHandshake struct {
	open    func(b *tcp.TCB, iss tcp.Seq, now time.Time)
	synSent func(b *tcp.TCB, seg *tcp.Segment, now time.Time)
	timeout func(b *tcp.TCB, now time.Time) error
}

func (plainHandshake) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return 7777 }

func (h plainHandshake) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	if h.open != nil {
		h.open(b, iss, now)
		return
	}
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss+1
	b.State = tcp.SynSent
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	b.Emit(tcp.Segment{Seq: iss, Flags: tcp.SYN, Options: tcp.Options{MSS: 1460}})
}

func (plainHandshake) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	if !seg.Flags.Has(tcp.SYN) {
		return nil, nil
	}
	b := l.Spawn(seg.Dst, seg.Src)
	b.State = tcp.SynReceived
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss+1
	b.Rcv.IRS, b.Rcv.Nxt = seg.Seq, seg.Seq+1
	b.Emit(tcp.Segment{Seq: iss, Ack: b.Rcv.Nxt, Flags: tcp.SYN | tcp.ACK})
	return b, nil
}

func (h plainHandshake) ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	if h.synSent != nil {
		h.synSent(b, seg, now)
		return
	}
	b.Timers.Retransmit = time.Time{}
	b.Rcv.IRS, b.Rcv.Nxt = seg.Seq, seg.Seq+1
	b.Snd.Una, b.Snd.Wnd = seg.Ack, uint32(seg.Window)
	b.State = tcp.Established
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
}

func (plainHandshake) ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, _ time.Time) {
	if seg.Flags.Has(tcp.RST) {
		b.State = tcp.Closed
		return
	}
	b.State, b.Snd.Una, b.Snd.Wnd = tcp.Established, seg.Ack, uint32(seg.Window)
}

func (h plainHandshake) Timeout(b *tcp.TCB, now time.Time) error {
	if h.timeout != nil {
		return h.timeout(b, now)
	}
	b.RTO.Value *= 2
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	b.Emit(tcp.Segment{Seq: b.Snd.ISS, Flags: tcp.SYN})
	return nil
}

// plain returns chapters 1 and 2 in their plain form; the others are absent.
func plain(h plainHandshake) stack.Chapters {
	return stack.Chapters{Socket: plainSocket{}, Handshake: h}
}

// stranger is an address that takes part in no conversation.
var stranger = netip.MustParseAddrPort("192.0.2.9:9")

func mkdir(dir string) error { return os.MkdirAll(dir, 0o755) }

// talkative is a chapter 3 that sends each byte in a segment of its own, at
// once and once, and acknowledges text, after delay if that is not 0.
type talkative struct{ delay time.Duration }

func (talkative) Acceptable(*tcp.TCB, *tcp.Segment, time.Time) bool  { return true }
func (talkative) Acknowledge(*tcp.TCB, *tcp.Segment, time.Time) bool { return true }
func (talkative) Window(b *tcp.TCB) uint16                           { return uint16(b.Rcv.Wnd) }

func (c talkative) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
	for i := range seg.Payload { // an ACK for each byte, to be passed over
		b.Rcv.Queue.Append(seg.Payload[i : i+1])
		b.Rcv.Nxt++
		if c.delay == 0 {
			b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
		}
	}
	if c.delay != 0 && len(seg.Payload) > 0 {
		b.Timers.DelayedACK = now.Add(c.delay)
	}
}

func (talkative) Output(b *tcp.TCB, _ time.Time) {
	for sent := b.Snd.Nxt.Sub(b.Snd.ISS) - 1; sent < b.Snd.Queue.Len(); sent++ {
		b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Payload: b.Snd.Queue.Peek(sent, 1)})
		b.Snd.Nxt++
	}
}

func (talkative) Timeout(b *tcp.TCB, _ tcp.Timer, _ time.Time) error {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
	return nil
}

// talking returns chapters 1 to 3; the others are absent.
func talking() stack.Chapters {
	c := plain(plainHandshake{})
	c.Transfer = talkative{}
	return c
}
