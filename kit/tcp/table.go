package tcp

import "net/netip"

// Table is where a host's sockets are found: by a segment's addresses, and by
// the local port they hold. Chapter 1 fills and reads it. Sockets that the stack has put
// to rest in TIME-WAIT are not in it until they wake.
type Table struct {
	// Listeners holds the sockets in LISTEN by their local address and port. A
	// listener for every address of the host stands under the zero netip.Addr.
	Listeners map[netip.AddrPort]*TCB

	// Connections holds every socket whose peer is known, by its four-tuple.
	Connections map[FourTuple]*TCB

	// Ports holds every socket that has a local port, listening or not, by that
	// port.
	Ports map[uint16]map[*TCB]struct{}
}

// NewTable makes an empty table.
func NewTable() *Table {
	return &Table{
		Listeners:   make(map[netip.AddrPort]*TCB),
		Connections: make(map[FourTuple]*TCB),
		Ports:       make(map[uint16]map[*TCB]struct{}),
	}
}

// The ports from which one is chosen for a socket that asks for none: RFC 6335
// §6 calls them dynamic.
const (
	FirstEphemeralPort = 49152
	LastEphemeralPort  = 65535
)
