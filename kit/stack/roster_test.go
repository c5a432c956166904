package stack

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// resender is a chapter 3 that sends what is queued again at every ACK, and abrupt a
// chapter 4 that then aborts.
type (
	resender struct{ absentTransfer }
	abrupt   struct{ absentTeardown }
)

func (resender) Acceptable(*tcp.TCB, *tcp.Segment, time.Time) bool { return true }
func (resender) Acknowledge(b *tcp.TCB, _ *tcp.Segment, _ time.Time) bool {
	b.Emit(tcp.Segment{Seq: b.Snd.Una, Flags: tcp.ACK, Payload: b.Snd.Queue.Peek(0, b.Snd.Queue.Len())})
	return true
}
func (abrupt) Arrive(b *tcp.TCB, _ *tcp.Segment, _ time.Time) { b.State = tcp.Closed }

// A socket may send text and come to its end in one event, as when a segment shows a
// loss and brings text that nobody will read. The text must not be written over
// before it has left: other hosts use the same memory.
func TestTextOfASocketThatEndedIsGoodUntilItHasLeft(t *testing.T) {
	const size = 3000
	want := bytes.Repeat([]byte("text"), size/4)
	for range 20 { // under the race detector a pool forgets some of what it is given
		var sent []tcp.Segment
		s := New(Chapters{Socket: oneSocket{}, Transfer: resender{}, Teardown: abrupt{}}, tcp.DefaultConfig(), Callbacks{
			Send: func(seg *tcp.Segment) {
				other := tcp.NewTCB(&tcp.Config{SendBuffer: size})
				other.Snd.Queue.Append(make([]byte, size))
				require.True(t, bytes.Equal(want, seg.Payload), "the text of the segment was written over")
				other.Free()
				sent = append(sent, *seg)
			},
		})
		b := tcp.NewTCB(s.Config())
		b.Local, b.Remote, b.State = here, there, tcp.Established
		require.NoError(t, s.Adopt(b))
		b.Snd.Queue.Append(want)
		s.Arrive(from(tcp.ACK), start)
		require.Equal(t, tcp.Closed, b.State)
		require.Zero(t, b.Snd.Queue.Len())

		require.Len(t, sent, 1)
	}
}

// forgetful is a chapter 1 whose Delete forgets to delete.
type forgetful struct{ oneSocket }

func (forgetful) Delete(*tcp.Table, *tcp.TCB) {}

// A socket that chapter 1 still finds is not freed: its TCB would be another's, and
// segments for the one would go to the other.
func TestSocketThatIsStillFoundIsNotFreed(t *testing.T) {
	s := New(Chapters{Socket: forgetful{}}, tcp.DefaultConfig(), Callbacks{})
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	require.NoError(t, s.Adopt(b))
	s.Abort(b, start)
	require.True(t, s.Disown(b))
	assert.False(t, b.Keeping.Freed)
	assert.Equal(t, here, b.Local)
}

// A socket that can't rest, having no timer, does not set the time from which those
// that can are counted.
func TestRestingBeginsWithASocketThatCanRest(t *testing.T) {
	c := tcp.DefaultConfig()
	var r timeWaitStore
	require.False(t, r.keep(over(&c, 1, time.Time{})))
	require.True(t, r.keep(over(&c, 1, start)))
	_, due, ok := r.byDeadline.first()
	require.True(t, ok)
	require.Equal(t, start, due)
}

// No two sockets have one four-tuple, whatever chapter 5 says of one at rest.
func TestSocketAtRestKeepsItsFourTuple(t *testing.T) {
	s := New(Chapters{Socket: oneSocket{}}, tcp.DefaultConfig(), Callbacks{}) // whose chapter 5 does nothing yet
	b := over(s.Config(), 0, start)
	tuple := b.Tuple()
	require.NoError(t, s.Adopt(b))
	_, err := s.Connect(tuple.Local, tuple.Remote, start)
	require.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	require.True(t, s.Disown(b))
	_, err = s.Connect(tuple.Local, tuple.Remote, start)
	require.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	require.Equal(t, 1, s.Len())
}

// A socket with settings of its own would wake with the stack's.
func TestSocketWithSettingsOfItsOwnDoesNotRest(t *testing.T) {
	s := New(Chapters{Socket: oneSocket{}}, tcp.DefaultConfig(), Callbacks{})
	c := tcp.DefaultConfig()
	b := over(&c, 0, start)
	require.NoError(t, s.Adopt(b))
	require.False(t, s.Disown(b))
}
