package tcp

import "strings"

// Flags are the control bits of a segment (RFC 9293 §3.1). The four reserved
// bits of the header are kept above them, so that what was received can be
// encoded again unchanged; nothing else looks at those.
type Flags uint16

// The control bits, each at its place in the header.
const (
	FIN Flags = 1 << iota // the sender has no more data
	SYN                   // sequence numbers are being synchronised
	RST                   // the connection is to be reset
	PSH                   // hand what has arrived to the application now
	ACK                   // the acknowledgment field is meaningful
	URG                   // the urgent pointer is meaningful (out of scope here)
	ECE                   // congestion experienced, echoed (out of scope here)
	CWR                   // congestion window reduced (out of scope here)
)

// wireFlags are the bits that follow the data offset in the header: the control
// bits and, above them, the four that are reserved.
const wireFlags Flags = 0xfff

// flagNames are in the order in which RFC 9293 writes them in a <CTL=...>.
var flagNames = [...]struct {
	bit  Flags
	name string
}{{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}, {PSH, "PSH"}, {ACK, "ACK"}, {URG, "URG"}, {ECE, "ECE"}, {CWR, "CWR"}}

// Has reports whether every bit of want is set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// Any reports whether at least one bit of some is set.
func (f Flags) Any(some Flags) bool { return f&some != 0 }

// String returns the set bits as RFC 9293 writes them: "SYN,ACK". Bits that are reserved
// come last, together: "ACK,reserved".
func (f Flags) String() string {
	var names []string
	for _, n := range flagNames {
		if f.Has(n.bit) {
			names = append(names, n.name)
		}
	}
	if f&wireFlags > CWR<<1-1 {
		names = append(names, "reserved")
	}
	return strings.Join(names, ",")
}
