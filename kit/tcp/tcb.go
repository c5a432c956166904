package tcp

import (
	"net/netip"
	"sync"
	"time"
)

// TCB is the transmission control block: everything a protocol stack knows
// about one socket (RFC 9293 §3.3.1). The socket *is* this record; all that a
// chapter does is read and change it, append segments to its outbox and set its
// timers. The names are the RFC's: SND.UNA is b.Snd.Una.
//
// A TCB has no lock. Whoever runs the stack makes sure that one call at a time
// touches it.
type TCB struct {
	// Local and Remote are the socket's two ends. Remote is the zero AddrPort
	// while no peer is known. (§3.3.1: local and remote IP address and port.)
	Local, Remote netip.AddrPort

	// State is where the connection stands (§3.3.2).
	State State

	// Passive is set when the socket came from a listener, so that a reset in
	// SYN-RECEIVED quietly returns it there (§3.5.3; §3.5, MUST-11).
	Passive bool

	// Listener is what a socket in LISTEN keeps about the connections it makes;
	// nil in every other state.
	Listener *Listener

	// Parent is the listening socket that made this one; nil after it was
	// accepted, and for a socket that dialed.
	Parent *TCB

	Snd SendSequence
	Rcv ReceiveSequence

	// Scaling is set when both ends agreed on their SYNs to scale the windows they
	// announce (RFC 7323 §2.2). Then Snd.Scale and Rcv.Scale say by how much.
	Scaling bool

	RTO        RetransmissionTimeout
	Congestion Congestion
	Timestamps Timestamps
	Delayed    DelayedACK

	// Timers are the deadlines the socket waits for.
	Timers Timers

	// Config holds the settings, shared by the sockets of a stack. Never nil in a
	// TCB a chapter is given, and never changed by one.
	Config *Config

	// NoDelay switches Nagle's algorithm off for this socket (§3.7.4).
	NoDelay bool

	// Reuse lets the socket bind a local port that connections still hold, as
	// SO_REUSEADDR does.
	Reuse bool

	// CloseCalled is set by a chapter when the application has closed its
	// sending side: no more data will be queued, and a FIN follows what is.
	CloseCalled bool

	// ReadClosed is set when the application will read no more: it closed the
	// socket fully, not only its sending side. The stack sets it.
	ReadClosed bool

	// Err is why the connection ended, as the application is to be told:
	// syscall.ECONNREFUSED, ECONNRESET or ETIMEDOUT; nil for an orderly end
	// (MUST-12: closed must not look like aborted).
	Err error

	// Outbox holds the segments to send, in order. Chapters append with Emit; the
	// stack empties it after every event.
	Outbox []Segment

	// Keeping is what the stack and whoever runs it keep with the socket. No chapter
	// looks at it.
	Keeping Bookkeeping
}

// Bookkeeping is what the machinery around the chapters keeps with a socket.
type Bookkeeping struct {
	Owner any       // the socket library's own record
	Due   time.Time // when the stack will next look at the socket's timers
	Index int32     // where the socket is in the stack's queue of deadlines, from 1; 0 when it is not

	// Unread is how much memory the stack has counted that the socket holds for text
	// which no application can read yet: see Config.UnreadMemory.
	Unread int32

	// InOrder counts the bytes that have arrived since the connection began, or since a
	// hole was last there; 1 GiB stands for any number above.
	InOrder uint32

	// Challenged is when AllowChallenge last said yes.
	Challenged time.Time

	// PeerACK is the acknowledgment number of the last segment, acceptable or not: not to
	// be acted upon, but a hint at what the peer expects; see Emit. HasPeerACK tells 0
	// from none.
	PeerACK    Seq
	HasPeerACK bool

	// Disowned is set when nobody outside the stack will use the socket again: by the
	// stack's Disown, or, upon an event, by whoever is told of a socket that is
	// nobody's. In CLOSED the stack then frees it, in TIME-WAIT it goes to rest.
	Disowned bool

	// Freed is set when this is no socket any more: it was freed. One at rest is, too:
	// the stack goes on with a copy.
	Freed bool
}

// SendSequence holds the send sequence variables (§3.3.1, figure 3).
//
//	     1         2          3          4
//	----------|----------|----------|----------
//	       SND.UNA    SND.NXT    SND.UNA
//	                            +SND.WND
//
// 1 acknowledged · 2 sent, not yet acknowledged · 3 may be sent · 4 may not yet
type SendSequence struct {
	Una Seq    // oldest number sent and not yet acknowledged
	Nxt Seq    // next number to send
	Wnd uint32 // the peer's window, bytes, already scaled
	Wl1 Seq    // SEG.SEQ of the last window update
	Wl2 Seq    // SEG.ACK of the last window update
	ISS Seq    // initial send sequence number

	// MaxWnd is the largest window the peer ever announced: an ACK older than
	// SND.UNA - MaxWnd is an attack, not a late arrival (RFC 5961 §5), and half of
	// it is worth sending at once (RFC 9293 §3.8.6.2.1).
	MaxWnd uint32

	// Scale is the shift count of the windows the peer announces, 0 to 14; 0 when
	// scaling was not agreed (RFC 7323 §2.2).
	Scale uint8

	// MSS is the effective send MSS: the most bytes of text a segment may carry,
	// options already taken off (§3.7.1, MUST-16).
	MSS int

	// Queue holds what the application has written and the peer has not yet
	// acknowledged. Its first byte is number SND.UNA once the SYN is
	// acknowledged.
	Queue Buffer

	// Resending is set while what was outstanding at a retransmission time-out is
	// being sent again; Resend is the next number to send, SND.UNA ≤ Resend <
	// SND.NXT. SND.NXT itself never goes back: it says which ACKs are possible.
	Resending bool
	Resend    Seq

	// FinSent is set once a FIN has been sent; Fin is the number it took.
	FinSent bool
	Fin     Seq
}

// ReceiveSequence holds the receive sequence variables (§3.3.1, figure 4).
//
//	    1          2          3
//	----------|----------|----------
//	       RCV.NXT    RCV.NXT
//	                 +RCV.WND
//
// 1 received and acknowledged · 2 the window · 3 not yet allowed
type ReceiveSequence struct {
	Nxt Seq    // next number expected
	Wnd uint32 // the window last announced, bytes
	IRS Seq    // initial receive sequence number

	// Scale is the shift count of the windows this end announces, 0 to 14; 0 when
	// scaling was not agreed (RFC 7323 §2.2).
	Scale uint8

	// Queue holds what has arrived in order and was not yet read, and behind it,
	// with holes, what arrived out of order.
	Queue Buffer

	// Blocks are the runs of bytes that arrived beyond a hole, by sequence
	// number, disjoint and not touching; the first starts after Nxt. In
	// SYN-RECEIVED there may be one that starts at Nxt: text that came with the
	// peer's SYN, which the stack keeps until the connection is open.
	Blocks []Block

	// FinSeen is set when a FIN has arrived, perhaps ahead of data before it, or
	// with the peer's SYN; Fin is its number. FinDone is set when the FIN's turn came
	// and it was taken.
	FinSeen, FinDone bool
	Fin              Seq
}

// Block is a run of sequence numbers: Start ≤ number < End.
type Block struct{ Start, End Seq }

// RetransmissionTimeout is the state of the retransmission timer (RFC 6298).
// Durations are rounded by nobody, for virtual time is exact; but a round trip that took
// less than the clock granularity, 1 ms, counts as that much. In virtual time one may
// take nothing at all, and an SRTT of 0 says that there was none.
type RetransmissionTimeout struct {
	Value  time.Duration // RTO: how long to wait for an ACK, backed off when it did not come
	SRTT   time.Duration // smoothed round-trip time; 0 before the first measurement, never after it
	RTTVar time.Duration // round-trip time variation

	// Timing is set while the segment that ends before TimedSeq, sent at TimedAt,
	// is being timed. A segment that was sent twice is not (Karn's algorithm).
	Timing   bool
	TimedSeq Seq
	TimedAt  time.Time

	// ResentAt is when something was last sent again because the timer expired: a
	// timestamp from before then does not tell which sending it echoes.
	ResentAt time.Time

	// Attempts counts how often in a row the timer expired with no new ACK since;
	// First is when the first of those expired (R1 and R2, RFC 9293 §3.8.3).
	Attempts int
	First    time.Time

	// Probes counts the zero-window probes sent since the window closed, which
	// sets the pause before the next (RFC 9293 §3.8.6.1).
	Probes int
}

// BackedOff returns Value doubled so many times, but at most most: however many times that
// is, it does not overflow.
func (r *RetransmissionTimeout) BackedOff(times int, most time.Duration) time.Duration {
	d := r.Value
	for range times {
		if d > most/2 {
			return most
		}
		d *= 2
	}
	return min(d, most)
}

// Congestion is the state of congestion control (RFC 5681, RFC 6582). Sizes are
// in bytes.
type Congestion struct {
	Window    uint32 // cwnd: how much may be in flight
	Threshold uint32 // ssthresh: where slow start ends
	Acked     uint32 // bytes acknowledged towards the next segment of growth in congestion avoidance
	DupACKs   int    // duplicate ACKs in a row
	Recovery  bool   // fast recovery is under way
	TimedOut  bool   // since a time-out there was no congestion avoidance (RFC 3465 §2.3)
	Recover   Seq    // SND.NXT when the last loss was met (RFC 6582 §3.2)

	SentAt time.Time // when data last left: after a long pause cwnd says nothing (RFC 5681 §4.1)
}

// Timestamps is the state of the timestamps option (RFC 7323 §4, §5). The clock
// ticks once a millisecond: a segment that leaves now has the TSval
// uint32(now.UnixMilli()) + Offset.
type Timestamps struct {
	On          bool      // both ends agreed to them on their SYNs
	Offset      uint32    // added to the clock to hide it; has nothing to do with what hides the ISN's
	Recent      uint32    // TS.Recent: what to echo, and what PAWS compares with
	LastACKSent Seq       // Last.ACK.sent; the stack keeps it
	RecentAt    time.Time // when Recent was set: after 24 days it says nothing any more
}

// DelayedACK is what there is to acknowledge (RFC 9293 §3.8.6.3). Emit clears
// it, and its timer, whenever a segment with an ACK leaves.
type DelayedACK struct {
	Now   bool // an ACK must leave now
	Bytes int  // text bytes received in order since the last ACK that left
}

// Timer names one of a socket's timers.
type Timer uint8

// The timers, each with the chapter that owns it.
const (
	RetransmitTimer Timer = iota // handshake for a SYN, transfer for the rest
	ProbeTimer                   // transfer
	DelayedACKTimer              // transfer
	TimeWaitTimer                // time-wait
)

// Timers are the deadlines of a socket. A zero time means the timer is stopped.
// When a deadline has come the stack stops the timer, then calls the chapter
// that owns it.
type Timers struct {
	Retransmit time.Time // handshake and transfer: the oldest outstanding number was not acknowledged
	Probe      time.Time // transfer: the peer's window is closed, ask again
	DelayedACK time.Time // transfer: the ACK that waited must leave now
	TimeWait   time.Time // time-wait: 2MSL have passed
	Orphan     time.Time // the stack: nobody uses the socket, and the peer does not end it; see Config.Orphan
}

// Earliest returns the first deadline; the zero time when every timer is
// stopped.
func (t *Timers) Earliest() time.Time {
	first := t.Retransmit
	for _, d := range [...]time.Time{t.Probe, t.DelayedACK, t.TimeWait, t.Orphan} {
		if !d.IsZero() && (first.IsZero() || d.Before(first)) {
			first = d
		}
	}
	return first
}

// Listener is what a listening socket keeps about the connections it makes.
type Listener struct {
	// Backlog, at least 1, is how many connections in SYN-RECEIVED there may be, and
	// how many established and not yet accepted before new SYNs are ignored. Those
	// half open then may still complete, so the accept queue can grow to twice that.
	Backlog int

	// Half are the connections in SYN-RECEIVED, the oldest first: the SYN queue.
	Half []*TCB

	// Ready are the connections established and not yet accepted, the oldest
	// first: the accept queue.
	Ready []*TCB
}

// NewTCB makes a socket in CLOSED with the settings of c and the buffers they
// ask for.
func NewTCB(c *Config) *TCB {
	b := tcbs.Get().(*TCB)
	*b = TCB{Config: c, NoDelay: c.NoDelay}
	b.Snd.Queue.SetLimit(c.SendBuffer)
	b.Rcv.Queue.SetLimit(c.ReceiveBuffer)
	b.Rcv.Wnd = uint32(b.Rcv.Queue.Limit())
	b.RTO.Value = c.InitialRTO
	return b
}

// tcbs lends out TCBs, so that a host whose connections are short does not make
// garbage of them.
var tcbs = sync.Pool{New: func() any { return new(TCB) }}

// Free gives back a TCB whose socket was deleted. Do not use b afterwards: its memory
// may already belong to another socket, of another host even. To free it twice does no
// harm only until then.
func (b *TCB) Free() {
	if b.Keeping.Freed {
		return
	}
	b.Snd.Queue.Reset()
	b.Rcv.Queue.Reset()
	*b = TCB{Keeping: Bookkeeping{Freed: true}}
	tcbs.Put(b)
}

// Tuple returns the socket's four-tuple.
func (b *TCB) Tuple() FourTuple { return FourTuple{Local: b.Local, Remote: b.Remote} }

// Spawn makes the socket of a new connection from remote to local that a
// listening socket was asked for. It is in CLOSED, passive, and inherits the
// listener's settings; its numbers are yet to be set.
func (b *TCB) Spawn(local, remote netip.AddrPort) *TCB {
	child := NewTCB(b.Config)
	child.Local, child.Remote = local, remote
	child.Passive, child.Parent = true, b
	child.NoDelay, child.Reuse = b.NoDelay, b.Reuse
	return child
}
