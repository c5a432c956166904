package script

import (
	"hash/fnv"
	"sync"

	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
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

// plainFailed are the steps whose first test has failed. Its peer adds no bits, so they are
// not what is missing in that step.
var plainFailed sync.Map // bool by step

// notePlain notes what has become of a step's first test.
func notePlain(test string, failed bool) { plainFailed.Store(workbook.StepOf(test), failed) }

// likely is what to look at, last of all, when a segment that has bits which the script does
// not name may have been overlooked. It says nothing while the step's first test fails: then
// it is not the bits.
func (h *habits) likely(test string) string {
	if failed, ran := plainFailed.Load(workbook.StepOf(test)); h.added == 0 || ran && failed.(bool) {
		return ""
	}
	return "(If nothing else helps: the peer's last segment has " + h.added.String() +
		" besides, as real ones may. Look for a bit with seg.Flags.Has, not with ==.)"
}
