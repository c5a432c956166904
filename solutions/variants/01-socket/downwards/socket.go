// Package socket is chapter 1 with a search for ports that goes down instead of up,
// and that looks at the table once, before it begins: it strikes out the ports that
// will not do, and takes the next of the others. A segment's ends are judged by what
// they are, one kind of address after the other, and an empty set of a port's holders
// stays behind.
package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 1 as the stack runs it. It has no state of its own.
type Chapter struct{}

// Attach enters b where Lookup will find it.
func (Chapter) Attach(t *tcp.Table, b *tcp.TCB) error {
	var err error
	switch listener := b.State == tcp.Listen; {
	case listener && t.Listeners[b.Local] != nil:
		err = syscall.EADDRINUSE
	case listener:
		t.Listeners[b.Local] = b
	case kindOf(b.Remote.Addr()) != oneHost:
		err = syscall.ENETUNREACH
	case t.Connections[b.Tuple()] != nil:
		err = syscall.EADDRNOTAVAIL
	default:
		t.Connections[b.Tuple()] = b
	}
	if err == nil {
		note(t, b)
	}
	return err
}

// Delete takes b out of the table.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	remove(t.Listeners, b.Local, b)
	remove(t.Connections, b.Tuple(), b)
	delete(t.Ports[b.Local.Port()], b)
}

// remove takes an entry out of a map if it is b.
func remove[K comparable](m map[K]*tcp.TCB, key K, b *tcp.TCB) {
	if m[key] == b {
		delete(m, key)
	}
}

// note adds b to the holders of its local port.
func note(t *tcp.Table, b *tcp.TCB) {
	holders, ok := t.Ports[b.Local.Port()]
	if !ok {
		holders = map[*tcp.TCB]struct{}{}
		t.Ports[b.Local.Port()] = holders
	}
	holders[b] = struct{}{}
}

// A kind is what an address stands for.
type kind int

const (
	nowhere kind = iota // no address, or an unspecified one
	oneHost
	manyHosts
)

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

func kindOf(addr netip.Addr) kind {
	switch {
	case !addr.IsValid() || addr.IsUnspecified():
		return nowhere
	case addr.IsMulticast(), addr.Unmap() == broadcast:
		return manyHosts
	default:
		return oneHost
	}
}
