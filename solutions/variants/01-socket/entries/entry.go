package socket

import (
	"net/netip"

	"tcpworkbook/kit/tcp"
)

// An entry is a place where a socket can stand in a table, whether one stands
// there or not. A listener's is named by its local end alone.
type entry struct {
	listener bool
	ends     tcp.FourTuple
}

// entryOf returns where b belongs now. When its life is over its state does not
// tell any more: Delete looks at both of its entries.
func entryOf(b *tcp.TCB) entry {
	return entry{listener: b.State == tcp.Listen, ends: b.Tuple()}
}

// entriesFor returns where the socket of a segment may stand, the best match first.
func entriesFor(seg *tcp.Segment) [3]entry {
	anywhere := netip.AddrPortFrom(netip.Addr{}, seg.Dst.Port())
	return [3]entry{
		{ends: tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}},
		{listener: true, ends: tcp.FourTuple{Local: seg.Dst}},
		{listener: true, ends: tcp.FourTuple{Local: anywhere}},
	}
}

// find returns the socket that stands there, or nil.
func (e entry) find(t *tcp.Table) *tcp.TCB {
	if e.listener {
		return t.Listeners[e.ends.Local]
	}
	return t.Connections[e.ends]
}

// put has b stand there.
func (e entry) put(t *tcp.Table, b *tcp.TCB) {
	if e.listener {
		t.Listeners[e.ends.Local] = b
	} else {
		t.Connections[e.ends] = b
	}
}

// clear has nobody stand there.
func (e entry) clear(t *tcp.Table) {
	if e.listener {
		delete(t.Listeners, e.ends.Local)
	} else {
		delete(t.Connections, e.ends)
	}
}
