package script

import (
	"hash/fnv"

	"tcpworkbook/kit/tcp"
)

// habits are the control bits that a peer adds to what the script has it send, as real
// ones do, and that must not matter: PSH on text and FIN (RFC 9293 §3.8.6.1), those of
// ECN (RFC 3168 §6.1), one that is reserved, and URG without urgent data. The zero value
// adds none.
type habits struct {
	on    bool
	turn  int       // which of byTurns comes next
	added tcp.Flags // to the last segment, if nothing has happened since
}

// reserved is a bit of the header that has no meaning here.
const reserved tcp.Flags = 1 << 8

// byTurns are what segments without SYN and RST have besides, one after the other.
var byTurns = [...]tcp.Flags{tcp.ECE, reserved, 0, tcp.CWR, tcp.URG}

// habitsOf returns the habits of the peer in a test. They begin at a place that the
// test's name decides, so that a failure repeats.
func habitsOf(test string) habits {
	h := fnv.New32a()
	h.Write([]byte(test))
	return habits{on: true, turn: int(h.Sum32() % uint32(len(byTurns)))}
}

// put adds to seg's control bits.
func (h *habits) put(seg *tcp.Segment) {
	if !h.on {
		return
	}
	named := seg.Flags
	seg.Flags |= h.bits(seg)
	h.added = seg.Flags &^ named
}

// bits returns what a segment has besides what the script names.
func (h *habits) bits(seg *tcp.Segment) tcp.Flags {
	switch {
	case seg.Flags.Has(tcp.RST):
		return 0
	case seg.Flags.Has(tcp.SYN | tcp.ACK):
		return tcp.ECE // agrees to use ECN
	case seg.Flags.Has(tcp.SYN):
		return tcp.ECE | tcp.CWR // offers ECN
	}
	bits := byTurns[h.turn]
	h.turn = (h.turn + 1) % len(byTurns)
	if seg.Len() > 0 {
		return bits&^tcp.URG | tcp.PSH // URG would say that text is urgent
	}
	return bits
}

// likely is what to look at as well when a segment that has bits which the script does not
// name may have been overlooked, and first when no hint says better. Who has not written
// the step yet sees it too: the bits are not what is missing there.
func (h *habits) likely() string {
	if h.added == 0 {
		return ""
	}
	return "(Besides, if the step is written: the peer's last segment has " + h.added.String() +
		", as real ones may. Look for a bit with seg.Flags.Has, not with ==.)"
}
