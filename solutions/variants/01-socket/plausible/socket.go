// Package socket is chapter 1 asked the other way round: not whether a segment is
// nobody's but whether it is plausible, not who conflicts but who blocks, and a
// search that picks a port before anything is claimed.
package socket

import (
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 1 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Attach enters b where Lookup will find it.
func (Chapter) Attach(t *tcp.Table, b *tcp.TCB) error {
	if b.State == tcp.Listen {
		if _, taken := t.Listeners[b.Local]; taken {
			return syscall.EADDRINUSE
		}
		t.Listeners[b.Local] = b
		claim(t, b)
		return nil
	}
	if !unicast(b.Remote.Addr()) {
		return syscall.ENETUNREACH
	}
	key := b.Tuple()
	if _, taken := t.Connections[key]; taken {
		return syscall.EADDRNOTAVAIL
	}
	t.Connections[key] = b
	claim(t, b)
	return nil
}

// Delete takes b out of the table.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	if t.Connections[b.Tuple()] == b {
		delete(t.Connections, b.Tuple())
	}
	if t.Listeners[b.Local] == b {
		delete(t.Listeners, b.Local)
	}
	port := b.Local.Port()
	delete(t.Ports[port], b)
	if len(t.Ports[port]) == 0 {
		delete(t.Ports, port)
	}
}
