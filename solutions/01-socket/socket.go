// Package socket is chapter 1: sockets are created, named, found and deleted.
//
// A socket is nothing but control information, kept in a [tcp.TCB]. What makes
// it reachable is its entry in the host's [tcp.Table]. This chapter keeps that
// table right, so that every segment finds its socket, and answers the segments
// for which there is none.
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
	if b.State == tcp.Listen {
		if t.Listeners[b.Local] != nil {
			return syscall.EADDRINUSE
		}
		t.Listeners[b.Local] = b
		hold(t, b)
		return nil
	}
	if !singleHost(b.Remote.Addr()) {
		return syscall.ENETUNREACH
	}
	if t.Connections[b.Tuple()] != nil {
		return syscall.EADDRNOTAVAIL
	}
	t.Connections[b.Tuple()] = b
	hold(t, b)
	return nil
}

// Delete takes b out of the table: it is found no more, and its port is free
// again unless another socket holds it too. Deleting a socket that is not in the
// table changes nothing, nor does it touch another socket of the same name.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	if t.Listeners[b.Local] == b {
		delete(t.Listeners, b.Local)
	}
	if t.Connections[b.Tuple()] == b {
		delete(t.Connections, b.Tuple())
	}
	port := b.Local.Port()
	delete(t.Ports[port], b)
	if len(t.Ports[port]) == 0 {
		delete(t.Ports, port)
	}
}

// hold notes that b holds its local port.
func hold(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	if t.Ports[port] == nil {
		t.Ports[port] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[port][b] = struct{}{}
}
