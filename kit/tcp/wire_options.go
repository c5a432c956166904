package tcp

import "encoding/binary"

// The lengths of the options that the package knows, kind and length included.
const (
	lenMSS         = 4
	lenWindowScale = 3
	lenTimestamps  = 10

	maxWindowScale = 14 // RFC 7323 §2.3
)

// Almost every segment carries the timestamps and nothing else, laid out as RFC 7323
// appendix A recommends: after two no-operations. That is seen at one glance.
const (
	alignedTimestamps = 2 + lenTimestamps
	timestampsHeader  = optionNop<<24 | optionNop<<16 | optionTimestamps<<8 | lenTimestamps
)

// decodeOptions reads the options of a header. An option of a kind it does not
// know, or of the wrong length for its kind, is skipped; when one has no length
// or runs over the end, what follows cannot be read, and what was read stands
// (RFC 9293 §3.1, MUST-6 and MUST-7).
func decodeOptions(wire []byte) Options {
	if len(wire) == 0 {
		return Options{}
	}
	o := Options{wire: wire}
	if len(wire) == alignedTimestamps && binary.BigEndian.Uint32(wire) == timestampsHeader {
		o.setTimestamps(wire[4:])
		return o
	}
	for rest := wire; len(rest) > 0 && rest[0] != optionEnd; {
		if rest[0] == optionNop {
			rest = rest[1:]
			continue
		}
		if len(rest) < 2 || rest[1] < 2 || int(rest[1]) > len(rest) {
			break
		}
		o.decodeOne(rest[:rest[1]])
		rest = rest[rest[1]:]
	}
	return o
}

// decodeOne reads one option, from its kind to its end.
func (o *Options) decodeOne(option []byte) {
	switch kind := option[0]; {
	case kind == optionMSS && len(option) == lenMSS:
		o.MSS = binary.BigEndian.Uint16(option[2:])
	case kind == optionWindowScale && len(option) == lenWindowScale:
		o.WindowScale, o.HasWindowScale = min(option[2], maxWindowScale), true
	case kind == optionTimestamps && len(option) == lenTimestamps:
		o.setTimestamps(option[2:])
	}
}

func (o *Options) setTimestamps(values []byte) {
	o.TSval, o.TSecr = binary.BigEndian.Uint32(values), binary.BigEndian.Uint32(values[4:])
	o.HasTimestamps = true
}

// received returns the options as they were received, if they still say what the
// fields say; nil otherwise.
func (o *Options) received() []byte {
	if len(o.wire) > 0 && decodeOptions(o.wire).Equal(*o) {
		return o.wire
	}
	return nil
}

// encodedLen returns how many bytes the options take in a header: a multiple of
// 4, at most 40.
func (o *Options) encodedLen(received []byte) int {
	if received != nil {
		return len(received)
	}
	n := 0
	if o.MSS != 0 {
		n += lenMSS
	}
	if o.HasWindowScale {
		n += 1 + lenWindowScale
	}
	if o.HasTimestamps {
		n += 2 + lenTimestamps
	}
	return n
}

// encode writes the options to b, which has their encodedLen: as they were
// received, or else each known one, aligned to 32 bits by no-operations before
// it (RFC 7323 appendix A).
func (o *Options) encode(b, received []byte) {
	if received != nil {
		copy(b, received)
		return
	}
	if o.MSS != 0 {
		b[0], b[1] = optionMSS, lenMSS
		binary.BigEndian.PutUint16(b[2:], o.MSS)
		b = b[4:]
	}
	if o.HasWindowScale {
		b[0], b[1], b[2] = optionNop, optionWindowScale, lenWindowScale
		b[3] = min(o.WindowScale, maxWindowScale)
		b = b[4:]
	}
	if o.HasTimestamps {
		binary.BigEndian.PutUint32(b, timestampsHeader)
		binary.BigEndian.PutUint32(b[4:], o.TSval)
		binary.BigEndian.PutUint32(b[8:], o.TSecr)
	}
}
