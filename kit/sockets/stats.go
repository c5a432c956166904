package sockets

import "tcpworkbook/kit/tcp"

// Stats counts what a host has received and sent since it was made.
type Stats struct {
	SegmentsIn  uint64 // that were sound and for this host
	SegmentsOut uint64
	ResetsOut   uint64 // of those, with RST

	// Packets that were dropped, each for one reason: those of tcp.Decode's errors,
	// or that the host does not have the address they were for.
	NotForUs      uint64
	Truncated     uint64
	NotIP         uint64
	BadIPHeader   uint64
	BadIPChecksum uint64
	NotTCP        uint64
	Fragments     uint64
	BadChecksum   uint64
	BadDataOffset uint64

	// Unsendable counts segments that make no IP packet, because of their addresses
	// or their length. Only a faulty chapter makes such.
	Unsendable uint64
}

// Stats returns what was counted so far.
func (h *Host) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stats
}

// refuse counts a packet that was not decoded.
func (s *Stats) refuse(err error) {
	switch err {
	case tcp.ErrTruncated:
		s.Truncated++
	case tcp.ErrIPVersion:
		s.NotIP++
	case tcp.ErrIPHeader:
		s.BadIPHeader++
	case tcp.ErrIPChecksum:
		s.BadIPChecksum++
	case tcp.ErrNotTCP:
		s.NotTCP++
	case tcp.ErrFragment:
		s.Fragments++
	case tcp.ErrChecksum:
		s.BadChecksum++
	case tcp.ErrDataOffset:
		s.BadDataOffset++
	}
}
