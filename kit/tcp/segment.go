package tcp

import (
	"net/netip"
	"strconv"
	"strings"
)

// Segment is one TCP segment with the addresses of the IP packet around it.
// The zero value of every field means "absent", so a literal names only what
// it means: Segment{Flags: SYN, Seq: 100}.
type Segment struct {
	Src, Dst netip.AddrPort // SEG's addresses and ports: who sent it, to whom

	Seq    Seq    // SEG.SEQ: the number of its first byte, or of its SYN
	Ack    Seq    // SEG.ACK: the next number its sender expects; see Flags.ACK
	Flags  Flags  // the control bits
	Window uint16 // SEG.WND as in the header: not yet scaled (RFC 7323 §2.2)
	Urgent uint16 // SEG.UP: carried, never acted upon

	Options Options
	Payload []byte // the segment text; who receives a Segment must not keep or change it
}

// Len returns SEG.LEN, the sequence numbers the segment takes: its text, plus
// one for a SYN and one for a FIN (RFC 9293 §3.4).
func (s *Segment) Len() int {
	n := len(s.Payload)
	if s.Flags.Has(SYN) {
		n++
	}
	if s.Flags.Has(FIN) {
		n++
	}
	return n
}

// End returns the sequence number after the segment's last: SEG.SEQ + SEG.LEN.
func (s *Segment) End() Seq { return s.Seq.Add(s.Len()) }

// String writes the segment as RFC 9293 does in its figures:
// <SEQ=100><ACK=300><LEN=5><CTL=PSH,ACK>. Window and options are shown with
// Verbose.
func (s *Segment) String() string { return s.format(0, 0, false) }

// Verbose writes the segment like String, with its window and options.
func (s *Segment) Verbose() string { return s.format(0, 0, true) }

// Relative writes the segment like String with its numbers counted from the
// initial sequence numbers iss, of the segment's sender, and irs, of its
// receiver.
func (s *Segment) Relative(iss, irs Seq) string { return s.format(iss, irs, false) }

func (s *Segment) format(iss, irs Seq, verbose bool) string {
	var b strings.Builder
	field := func(name string, value string) {
		b.WriteByte('<')
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(value)
		b.WriteByte('>')
	}
	number := func(name string, value uint64) { field(name, strconv.FormatUint(value, 10)) }

	number("SEQ", uint64(s.Seq-iss))
	if s.Flags.Has(ACK) {
		number("ACK", uint64(s.Ack-irs))
	}
	if len(s.Payload) > 0 {
		number("LEN", uint64(len(s.Payload)))
	}
	if verbose {
		number("WND", uint64(s.Window))
	}
	field("CTL", s.Flags.String())
	if o := s.Options.String(); verbose && o != "" {
		field("OPT", o)
	}
	return b.String()
}

// FourTuple names a connection as one of its ends sees it.
type FourTuple struct {
	Local, Remote netip.AddrPort
}

// String returns "local ↔ remote", each as Endpoint writes it.
func (t FourTuple) String() string { return Endpoint(t.Local) + " ↔ " + Endpoint(t.Remote) }

// Endpoint writes an address and a port as lists of sockets do: with * for what may be
// any. "*:80" is a listener on every address of its host, "*" the peer it waits for.
// Package netip calls both an invalid AddrPort.
func Endpoint(a netip.AddrPort) string {
	switch {
	case a.Addr().IsValid():
		return a.String()
	case a.Port() != 0:
		return "*:" + strconv.Itoa(int(a.Port()))
	}
	return "*"
}
