package solutions_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// pieces writes many small pieces to c, and returns all of them together.
func pieces(t *testing.T, c net.Conn, count, size int) []byte {
	t.Helper()
	all := make([]byte, 0, count*size)
	for i := range count {
		piece := make([]byte, size)
		for j := range piece {
			piece[j] = byte(i*31 + j)
		}
		all = append(all, piece...)
		n, err := c.Write(piece)
		require.NoError(t, err)
		require.Equal(t, size, n)
	}
	return all
}

func TestManySmallWritesShareSegments(t *testing.T) { virtually(t, manySmallWrites) }

func manySmallWrites(t *testing.T) {
	n := newNetwork(t, link.Config{})
	c, s := n.connect(t)
	before := n.client.Stats().SegmentsOut
	const count, size = 2000, 20
	got := make(chan []byte)
	go func() {
		all, err := io.ReadAll(s)
		assert.NoError(t, err)
		got <- all
	}()
	all := pieces(t, c, count, size)
	require.NoError(t, c.Close())
	require.Equal(t, all, <-got)
	assert.Less(t, n.client.Stats().SegmentsOut-before, uint64(count/2),
		"segments for %d writes of %d bytes each, one after the other", count, size)
}

// Nobody writes, reads or closes after the last write: it gets there all the same.
func TestGatheredDataLeavesByItself(t *testing.T) { virtually(t, leavesByItself) }

func leavesByItself(t *testing.T) {
	n := newNetwork(t, link.Config{})
	c, s := n.connect(t)
	begin := time.Now()
	all := pieces(t, c, 50, 10)
	got := make([]byte, len(all))
	_, err := io.ReadFull(s, got)
	require.NoError(t, err)
	require.Equal(t, all, got)
	require.Zero(t, time.Since(begin), "nothing waited for a timer, such as the peer's for its ACK")
}

func TestCloseSendsWhatWasGathered(t *testing.T) {
	for name, end := range map[string]func(c *sockets.Conn) error{
		"CloseWrite": (*sockets.Conn).CloseWrite,
		"Close":      (*sockets.Conn).Close,
	} {
		t.Run(name, func(t *testing.T) {
			virtually(t, func(t *testing.T) { leavesBefore(t, end) })
		})
	}
}

func leavesBefore(t *testing.T, end func(c *sockets.Conn) error) {
	n := newNetwork(t, link.Config{}, shortMSL)
	c, s := n.connect(t)
	all := pieces(t, c, 50, 10)
	require.NoError(t, end(c))
	got, err := io.ReadAll(s)
	require.NoError(t, err)
	require.Equal(t, all, got)
}

// A send buffer smaller than what is worth corking for fills up, and is waited for.
func TestGatheringStopsWhereTheSendBufferIsFull(t *testing.T) { virtually(t, fullSendBuffer) }

func fullSendBuffer(t *testing.T) {
	n := newNetwork(t, link.Config{}, func(c *tcp.Config) { c.SendBuffer = 1 << 10 })
	c, s := n.connect(t)
	got := make(chan []byte)
	go func() {
		all, err := io.ReadAll(s)
		assert.NoError(t, err)
		got <- all
	}()
	all := pieces(t, c, 1000, 100)
	require.NoError(t, c.Close())
	require.Equal(t, all, <-got)
}

// With SetWriteThrough a segment has left when Write returns, however many there were
// before.
func TestWriteThrough(t *testing.T) { virtually(t, writeThrough) }

func writeThrough(t *testing.T) {
	n := newNetwork(t, link.Config{})
	c, s := n.connect(t)
	require.NoError(t, c.SetWriteThrough(true))
	all := make([]byte, 0, 50)
	for i := range cap(all) {
		before := n.client.Stats().SegmentsOut
		_, err := c.Write([]byte{byte(i)})
		require.NoError(t, err)
		require.Equal(t, before+1, n.client.Stats().SegmentsOut, "write %d", i+1)
		all = append(all, byte(i))
	}
	got := make([]byte, len(all))
	_, err := io.ReadFull(s, got)
	require.NoError(t, err)
	require.Equal(t, all, got)

	require.NoError(t, c.SetWriteThrough(false))
	before := n.client.Stats().SegmentsOut
	pieces(t, c, 1000, 1)
	require.NoError(t, c.Close())
	assert.Less(t, n.client.Stats().SegmentsOut-before, uint64(500), "they share segments again")
	require.ErrorIs(t, c.SetWriteThrough(true), net.ErrClosed)
}
