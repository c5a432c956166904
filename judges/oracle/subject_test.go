package oracle

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// A subject is a TCP under examination. It has one address; each case is a
// conversation with a port of its own at the examiner's address.
type subject interface {
	// listen has an application listen at the subject's own server port.
	listen()

	// dial has an application connect to a port of the examiner.
	dial(peer uint16)

	// accept has the application take every connection that is ready.
	accept()

	// write and closeWrite have the application that talks to a port of the
	// examiner do that; close has it let go of the socket altogether.
	write(peer uint16, text []byte)
	closeWrite(peer uint16)
	close(peer uint16)

	// inject has a segment arrive.
	inject(seg *tcp.Segment)

	// await returns the nth segment, from 1, that the subject has sent to a port
	// since forget. There must be one.
	await(peer uint16, n int) tcp.Segment

	// settle waits until an ACK that was put off has left.
	settle()

	// now is the time by the subject's own clock.
	now() time.Time

	// sent returns what the subject has sent to a port since forget was called.
	sent(peer uint16) []tcp.Segment
	forget()

	// state returns the state of the conversation with a port; CLOSED when there is
	// none. states must have been read after the last injection.
	readStates()
	state(peer uint16) tcp.State

	// seen returns what the application would see: bytes to read, and then
	// whether the end or an error follows.
	seen(peer uint16) string
}

// The addresses of the two hosts, and the subject's port where it listens.
var (
	subjectAddr  = netip.MustParseAddr("10.9.0.1")
	examinerAddr = netip.MustParseAddr("10.9.0.2")
)

const (
	serverPort = 80
	closedPort = 81
)

// The examiner's ports: one for what is no question, and the first of those for
// conversations.
const (
	markerPort = 1000
	firstPort  = 1024
)

// delayedACK is longer than either subject puts off an ACK, and shorter than any
// retransmission timer.
const delayedACK = 60 * time.Millisecond

// inTime bounds the time from a conversation's first segment to the look at its answer.
// A kernel repeats a SYN and a SYN,ACK after 1 s, on a clock of its own with ticks of up
// to 10 ms, and the repetition would be taken for an answer.
const inTime = 900 * time.Millisecond
