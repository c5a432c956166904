package link

// The MTUs a link may have, bytes. The least is what IPv4 demands of any link
// (RFC 791 §3.2), or IPv6 of one that carries it (RFC 8200 §5); the largest is what
// IPv4's total length can say.
const (
	DefaultMTU = 1500
	MinMTU     = 68
	MinIPv6MTU = 1280
	MaxMTU     = 65535
)

// Handler receives arrived frames in order, and owns them; the slice is the
// link's again when it returns. It runs on whatever goroutine delivers, holding
// no lock of the link; it may call Send and Deliver of any end. For one end it is
// never called twice at once.
type Handler func(frames []*Frame)

// End is one end of a link: what a host's protocol stack is plugged into. Its
// methods may be called by several goroutines at once.
type End interface {
	// MTU returns the largest IP packet the link takes, bytes. Larger ones are
	// dropped and counted.
	MTU() int

	// Attach sets the handler, once, before the host sends. Frames that arrive
	// before are kept for it.
	Attach(Handler)

	// Send queues the frames, which are the link's from now on; the slice stays
	// the caller's. It never blocks and never calls a handler, so it may be called
	// with the host's lock held. After Close it frees the frames.
	Send(frames []*Frame)

	// Deliver carries queued frames on the caller's goroutine, and the answers. It is
	// called with no lock held, after each Send. When it returns, frames may still be
	// on their way: another goroutine carries them, or the weather holds them up.
	Deliver()

	// Close unplugs the host: its handler gets no further batch, though one may
	// still be with it when Close returns. It never calls a handler. To close
	// again does nothing.
	Close() error
}
