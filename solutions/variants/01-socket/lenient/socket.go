// Package socket is chapter 1 as permissive as the RFC and the lesson let it be: a
// client that insists on a port shares it with connections to other peers, one that
// takes any shares it with listeners at other addresses, and to attach a socket twice
// is no mistake. Ports are tried in leaps that depend on where the search begins, and
// Delete asks every entry of the three maps whose it is, and no name.
package socket

import (
	"maps"
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 1 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Attach enters b where Lookup will find it; the port is b's until Delete.
func (Chapter) Attach(t *tcp.Table, b *tcp.TCB) error {
	if b.State == tcp.Listen {
		// Who is there already may stay: to attach it again changes nothing.
		if older := t.Listeners[b.Local]; older != nil && older != b {
			return syscall.EADDRINUSE
		}
		t.Listeners[b.Local] = b
	} else {
		if !oneHost(b.Remote.Addr()) {
			return syscall.ENETUNREACH
		}
		if older := t.Connections[b.Tuple()]; older != nil && older != b {
			return syscall.EADDRNOTAVAIL
		}
		t.Connections[b.Tuple()] = b
	}
	hold(t, b)
	return nil
}

// hold notes that b has its local port.
func hold(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	if t.Ports[port] == nil {
		t.Ports[port] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[port][b] = struct{}{}
}

// Delete takes b out of the table, and nobody else.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	maps.DeleteFunc(t.Listeners, func(_ netip.AddrPort, who *tcp.TCB) bool { return who == b })
	maps.DeleteFunc(t.Connections, func(_ tcp.FourTuple, who *tcp.TCB) bool { return who == b })
	for _, holders := range t.Ports {
		delete(holders, b)
	}
}
