// Package socket is chapter 1 with a contest for every segment. The table's three
// maps are two things here: Listeners and Connections are registers, in which a name
// stands once and which say who was entered; Ports is the index, where those are
// found whom a segment or a newcomer concerns. Lookup goes through the holders of the
// segment's port and takes the one whose name leaves least blank, so nothing says
// that a connection comes before its listener: it follows. And Bind is one loop over
// the ports that come into question, with one rule for whoever insists on a port and
// another for whom any will do.
//
// The price is a look at every holder of the port for each segment, 10 to 20 ns each:
// more than 100 µs for a server with ten thousand clients, where a map takes the same
// time for any number.
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
		if !enter(t.Listeners, b.Local, b) {
			return syscall.EADDRINUSE
		}
	} else {
		if !oneHosts(b.Remote.Addr()) {
			return syscall.ENETUNREACH
		}
		if !enter(t.Connections, b.Tuple(), b) {
			return syscall.EADDRNOTAVAIL
		}
	}
	// Nothing can fail from here on. A socket that Bind has named holds its port
	// already; one that a listener's client brought about does not.
	hold(t, b)
	return nil
}

// Delete takes b out of the table.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	strike(t.Listeners, b.Local, b)
	strike(t.Connections, b.Tuple(), b)
	release(t, b)
}

// enter writes b into a register under its name, and reports whether the name was
// free.
func enter[Name comparable](register map[Name]*tcp.TCB, name Name, b *tcp.TCB) bool {
	if _, taken := register[name]; taken {
		return false
	}
	register[name] = b
	return true
}

// strike undoes enter. Whether b was entered it asks the register and not b: a
// socket's state has changed since, and another may have its name.
func strike[Name comparable](register map[Name]*tcp.TCB, name Name, b *tcp.TCB) {
	if register[name] == b {
		delete(register, name)
	}
}

// entered reports whether b is in one of the registers. A holder of a port need not
// be: it may be bound only, or its name may have been another's.
func entered(t *tcp.Table, b *tcp.TCB) bool {
	return t.Listeners[b.Local] == b || t.Connections[b.Tuple()] == b
}

// hold notes that b has its local port. To say so twice, in Bind and in Attach, is
// to say it once.
func hold(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	if t.Ports[port] == nil {
		t.Ports[port] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[port][b] = struct{}{}
}

// release undoes hold.
func release(t *tcp.Table, b *tcp.TCB) {
	port := b.Local.Port()
	delete(t.Ports[port], b)
	if len(t.Ports[port]) == 0 {
		delete(t.Ports, port)
	}
}
