package sockets

import "tcpworkbook/kit/tcp"

// Stats counts what a host has received and sent since it was made, unless it says
// otherwise.
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

	// What the host's bounds on its memory hold, and what they have cost: the memory
	// held now for text that nobody can read yet, bytes, and segments whose text was
	// dropped (tcp.Config.UnreadMemory); sockets that left TIME-WAIT before their time
	// (MaxTimeWait).
	UnreadMemory int
	TextsDropped uint64
	WaitsCut     uint64

	// Unsendable counts segments that make no IP packet, because of their addresses
	// or their length. Only a faulty chapter makes such.
	Unsendable uint64
}

// Stats returns what was counted so far.
func (h *Host) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	stats, limited := h.stats, h.stack.Limited()
	stats.UnreadMemory, stats.TextsDropped, stats.WaitsCut = limited.Unread, limited.Texts, limited.Waits
	return stats
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
