// Package socket is chapter 1 with two small values: an entry, a place in the table
// that can be asked who stands there, and a rival, what a newcomer sees of who holds
// its port, over whose booleans all decisions about ports are made. The search for a
// port strides through the range, addresses are judged by prefixes, and clients share
// ports where RFC and lesson leave it open: one that insists on a port with
// connections of other four-tuples, and any client with a listener at another address.
package socket

import (
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 1 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Attach enters b, whose names are set, where Lookup will find it: a socket in
// LISTEN under its local address and port, every other one under its four-tuple.
// The port is b's until Delete.
//
// The errors are syscall.EADDRINUSE for a listener that would hide another,
// syscall.EADDRNOTAVAIL for a four-tuple that is taken, and syscall.ENETUNREACH
// for a peer that is no single host: broadcast, multicast, unspecified or not valid
// (MUST-46). An error changes nothing.
func (Chapter) Attach(t *tcp.Table, b *tcp.TCB) error {
	e := entryOf(b)
	switch {
	case e.find(t) != nil && e.listener:
		return syscall.EADDRINUSE
	case e.find(t) != nil:
		return syscall.EADDRNOTAVAIL
	case !e.listener && !singleHost(b.Remote.Addr()):
		return syscall.ENETUNREACH
	}
	e.put(t, b)
	hold(t, b)
	return nil
}

// Delete takes b out of the table: it is found no more, and its port is free
// again unless another socket holds it too. Deleting a socket that is not in the
// table changes nothing, nor does it touch another socket of the same name.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	for _, listener := range []bool{true, false} {
		e := entry{listener: listener, ends: b.Tuple()}
		if e.find(t) == b {
			e.clear(t)
		}
	}
	delete(t.Ports[b.Local.Port()], b)
}

// hold notes that b has its local port.
func hold(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	if t.Ports[port] == nil {
		t.Ports[port] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[port][b] = struct{}{}
}
