// Package socket is chapter 1 as strict about addresses as the lesson lets it be: those that
// only the IP layer could judge, and port 0 at the other end, are nobody's. It is generous
// where no harm comes of it: a client shares its port with a listener at another address,
// and a port that it insists on with a connection to another peer. A reset carries a
// timestamp, and a set of holders stays when it is empty.
package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Chapter is chapter 1 as the stack runs it.
type Chapter struct{}

// registry is a table with the questions that are asked of it.
type registry struct{ *tcp.Table }

// Attach enters b where segments find it.
func (Chapter) Attach(t *tcp.Table, b *tcp.TCB) error {
	r := registry{t}
	if b.State == tcp.Listen {
		switch other, taken := t.Listeners[b.Local]; {
		case taken && other == b:
		case taken:
			return syscall.EADDRINUSE
		default:
			t.Listeners[b.Local] = b
		}
		r.hold(b, b.Local.Port())
		return nil
	}
	if !host(b.Remote.Addr()) || b.Remote.Port() == 0 {
		return syscall.ENETUNREACH
	}
	name := tcp.FourTuple{Local: b.Local, Remote: b.Remote}
	if other, taken := t.Connections[name]; taken && other != b {
		return syscall.EADDRNOTAVAIL
	}
	r.hold(b, b.Local.Port())
	t.Connections[name] = b
	return nil
}

// Delete takes b out. An empty set of holders is left where it is: the next holder
// of that port finds it.
func (Chapter) Delete(t *tcp.Table, b *tcp.TCB) {
	delete(t.Ports[b.Local.Port()], b)
	if t.Connections[b.Tuple()] == b {
		delete(t.Connections, b.Tuple())
	}
	if t.Listeners[b.Local] == b {
		delete(t.Listeners, b.Local)
	}
}

// Lookup goes from the vaguest match to the best: the last that fits wins.
func (Chapter) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	if !betweenHosts(seg) {
		return nil
	}
	found := t.Listeners[netip.AddrPortFrom(netip.Addr{}, seg.Dst.Port())]
	if l, ok := t.Listeners[seg.Dst]; ok {
		found = l
	}
	if c, ok := t.Connections[tcp.FourTuple{Remote: seg.Src, Local: seg.Dst}]; ok {
		found = c
	}
	return found
}

// Answer makes the reply to a segment for nobody. It makes one always, and then says
// whether it may go.
func (Chapter) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	reply := tcp.Segment{Src: seg.Dst, Dst: seg.Src, Flags: tcp.RST}
	if seg.Flags&tcp.ACK != 0 {
		reply.Seq = seg.Ack
	} else {
		reply.Flags |= tcp.ACK
		reply.Ack = seg.Seq + tcp.Seq(len(seg.Payload))
		for _, counts := range []tcp.Flags{tcp.SYN, tcp.FIN} {
			if seg.Flags&counts != 0 {
				reply.Ack++
			}
		}
	}
	if seg.Options.HasTimestamps { // RFC 7323 §3.2: a RST may carry them
		reply.Options.HasTimestamps, reply.Options.TSecr = true, seg.Options.TSval
	}
	return reply, seg.Flags&tcp.RST == 0 && betweenHosts(seg)
}

// betweenHosts reports whether both ends of a segment can be sockets, and two.
func betweenHosts(seg *tcp.Segment) bool {
	src, dst := seg.Src, seg.Dst
	return src != dst && src.Port() != 0 && host(src.Addr()) && host(dst.Addr()) &&
		src.Addr().IsLoopback() == dst.Addr().IsLoopback()
}

// host reports whether an address can be one host's.
func host(a netip.Addr) bool {
	switch {
	case !a.IsValid(), a.IsUnspecified(), a.IsMulticast():
		return false
	case a.Is4In6(), a.Zone() != "":
		return false
	case a.Is4():
		bytes := a.As4()
		return bytes[0] != 0 && bytes != [4]byte{255, 255, 255, 255}
	}
	return true
}

// hold notes that b has a port.
func (r registry) hold(b *tcp.TCB, port uint16) {
	if r.Ports[port] == nil {
		r.Ports[port] = map[*tcp.TCB]struct{}{}
	}
	r.Ports[port][b] = struct{}{}
}
