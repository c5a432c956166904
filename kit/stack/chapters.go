package stack

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// Chapters are the five parts that make a TCP. Any of them may be the
// reference's or a learner's; one that is nil does nothing, so that a chapter
// can run with only those before it.
type Chapters struct {
	Socket    Socket
	Handshake Handshake
	Transfer  Transfer
	Teardown  Teardown
	TimeWait  TimeWait
}

// Socket is chapter 1: sockets are made, named, found and deleted.
type Socket interface {
	// Bind gives b its local address and port. Port 0 asks for an ephemeral one;
	// the search for it begins at start, any number. A socket that is about to
	// connect has its Remote set. The zero netip.Addr stands for every address of
	// the host. Sockets in TIME-WAIT are not Bind's business.
	Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error

	// Attach enters b, whose names are set, where Lookup finds it: as a listener
	// when it is in LISTEN, else by its four-tuple. It holds b's port for it where Bind
	// has not: a connection that a listener was asked for, and a socket that wakes from
	// its rest in TIME-WAIT (see Stack.Disown), are attached only.
	Attach(t *tcp.Table, b *tcp.TCB) error

	// Lookup finds the socket that a segment is for; nil when there is none, or
	// when the segment's addresses can be nobody's.
	Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB

	// Answer makes the reply to a segment for which there is no socket, and
	// reports whether there is to be one (RFC 9293 §3.10.7.1).
	Answer(seg *tcp.Segment) (tcp.Segment, bool)

	// Delete takes b out of the table.
	Delete(t *tcp.Table, b *tcp.TCB)
}

// Handshake is chapter 2: both ends learn each other's numbers.
type Handshake interface {
	// ISN chooses the initial sequence number of a connection (RFC 9293 §3.4.1).
	ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq

	// Open begins an active open with initial sequence number iss (§3.10.1).
	Open(b *tcp.TCB, iss tcp.Seq, now time.Time)

	// ArriveListen handles a segment for the listener l (§3.10.7.2). It returns
	// the socket of a new connection, whose initial sequence number is iss, or
	// nil; and a half-open connection of l that has to give way to it, or nil.
	ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB)

	// ArriveSynSent handles a segment in SYN-SENT (§3.10.7.3), its data and FIN
	// excepted: those of a SYN wait until the connection is open, and reach Transfer
	// and Teardown then.
	ArriveSynSent(b *tcp.TCB, seg *tcp.Segment, now time.Time)

	// ArriveSynReceived handles a segment in SYN-RECEIVED (§3.10.7.4), its data
	// and FIN excepted.
	ArriveSynReceived(b *tcp.TCB, seg *tcp.Segment, now time.Time)

	// Timeout is called when the retransmission timer expires in SYN-SENT or
	// SYN-RECEIVED. An error ends the connection, and is what its application is
	// told.
	Timeout(b *tcp.TCB, now time.Time) error
}

// Transfer is chapter 3: data gets there, in order, once, and no faster than
// peer and network bear.
type Transfer interface {
	// Acceptable reports whether the segment is to be processed further: whether
	// any of it lies in the receive window (§3.10.7.4, first check). What has to
	// be answered when it does not is emitted here.
	Acceptable(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool

	// Acknowledge processes the segment's acknowledgment and window (§3.10.7.4,
	// fifth check) and reports whether its text and FIN are to be processed too.
	Acknowledge(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool

	// Receive takes the segment's text (§3.10.7.4, seventh check).
	Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time)

	// Output sends what there is to send: data, again or for the first time, and
	// acknowledgments that are due. It is called after every event; several segments
	// that came together may be one.
	Output(b *tcp.TCB, now time.Time)

	// Window returns the window to announce in a segment that leaves now, as it
	// stands in the header, and notes it in b.Rcv.Wnd.
	Window(b *tcp.TCB) uint16

	// Timeout is called when the retransmission, probe or delayed-ACK timer of a
	// synchronized socket expires. An error ends the connection, and is what its
	// application is told.
	Timeout(b *tcp.TCB, timer tcp.Timer, now time.Time) error
}

// Teardown is chapter 4: both ends agree that it is over, or one of them
// refuses to go on.
type Teardown interface {
	// Close is called when the application closes its sending side; b.ReadClosed
	// says whether it will not read either (§3.10.4). It may be called again with
	// b.ReadClosed set after a first time without.
	Close(b *tcp.TCB, now time.Time)

	// Abort ends the connection at once (§3.10.5).
	Abort(b *tcp.TCB, now time.Time)

	// SendFIN is called after Output when the application has closed and no FIN
	// was sent yet, and when the FIN that was sent is to be sent again: then
	// b.Snd.Resending is set and b.Snd.Resend is the FIN's number.
	SendFIN(b *tcp.TCB, now time.Time)

	// Reset handles an acceptable segment with RST or SYN in a synchronized state
	// (§3.10.7.4, second and fourth check). Nothing else of it is processed.
	Reset(b *tcp.TCB, seg *tcp.Segment, now time.Time)

	// Arrive moves the connection towards its end after Acknowledge and Receive
	// took their part of the segment: whether it acknowledged our FIN, and whether
	// the peer's FIN, from this segment or an earlier one, is next.
	Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time)
}

// TimeWait is chapter 5: the socket stays until the network has forgotten the
// conversation.
type TimeWait interface {
	// Enter is called when the socket has come to TIME-WAIT. One that leaves the
	// time-wait timer stopped has nothing to wait for, and is deleted at once.
	Enter(b *tcp.TCB, now time.Time)

	// Arrive handles a segment in TIME-WAIT (§3.10.7.4, §3.6.1). It returns true
	// for a SYN that may begin a new connection between the same two ends.
	Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) (reopen bool)

	// NextISS returns the initial sequence number of the connection that follows
	// b between the same two ends: proposed, or one that b cannot have used.
	NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq

	// Hold says whether b, in TIME-WAIT, stands in the way of a socket that wants
	// to be bound to want.Local, where want.Remote is not valid, or connected
	// between want's ends. It returns nil, syscall.EADDRINUSE or
	// syscall.EADDRNOTAVAIL.
	Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error

	// Expire is called when the time-wait timer expires.
	Expire(b *tcp.TCB, now time.Time)
}
