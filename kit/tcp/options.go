package tcp

import (
	"strconv"
	"strings"
)

// Options are a segment's TCP options (RFC 9293 §3.1, RFC 7323). Those the
// package does not know are carried along, out of sight: a segment that is
// decoded and encoded again has them still, until the fields below are changed.
type Options struct {
	// MSS is the largest segment text its sender takes, in bytes; 0 when the
	// option is absent. Only a SYN carries it (RFC 9293 §3.7.1).
	MSS uint16

	// WindowScale is the shift count, 0 to 14, that its sender will apply to the
	// windows it announces; HasWindowScale tells 0 from absent. Only a SYN
	// carries it (RFC 7323 §2.2).
	WindowScale    uint8
	HasWindowScale bool

	// TSval and TSecr are the sender's clock and the last clock value it echoes,
	// both in milliseconds here (RFC 7323 §3.2).
	TSval, TSecr  uint32
	HasTimestamps bool

	// wire holds the options as they came, padding included: a received segment
	// is encoded again byte for byte, unknown options too. It is a slice of the
	// packet, and good as long as that is; Encode uses it only when it still says
	// what the fields say.
	wire []byte
}

// The option kinds that the package knows.
const (
	optionEnd         = 0
	optionNop         = 1
	optionMSS         = 2
	optionWindowScale = 3
	optionTimestamps  = 8
)

// Equal reports whether o and p say the same, however they are laid out on the
// wire. Unknown options do not count.
func (o Options) Equal(p Options) bool {
	return o.MSS == p.MSS && o.WindowScale == p.WindowScale && o.HasWindowScale == p.HasWindowScale &&
		o.TSval == p.TSval && o.TSecr == p.TSecr && o.HasTimestamps == p.HasTimestamps
}

// String lists the known options: "mss 1460,wscale 7,ts 10/0".
func (o Options) String() string {
	var parts []string
	if o.MSS != 0 {
		parts = append(parts, "mss "+strconv.Itoa(int(o.MSS)))
	}
	if o.HasWindowScale {
		parts = append(parts, "wscale "+strconv.Itoa(int(o.WindowScale)))
	}
	if o.HasTimestamps {
		parts = append(parts, "ts "+strconv.FormatUint(uint64(o.TSval), 10)+"/"+strconv.FormatUint(uint64(o.TSecr), 10))
	}
	return strings.Join(parts, ",")
}
