package gvisor

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

const (
	errReset = syscall.ECONNRESET

	// tick is how often a condition is looked at that nothing tells of.
	tick = 2 * time.Millisecond
)

// Data both ways at once arrives byte for byte, whatever the weather.
func TestTransfer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sky  sky
		mtu  int
		size int
	}{
		{clear0, 1500, 8 << 20},
		{clear0, 576, 1 << 20},
		{foul5, 1500, 512 << 10},
		{foul20, 1500, 96 << 10},
		{foul5, 65535, 4 << 20},
	} {
		t.Run(fmt.Sprintf("%s, MTU %d, %d KiB", c.sky.name, c.mtu, c.size>>10), func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) {
				if p.v6 && c.mtu < 1280 {
					t.Skip("IPv6 wants an MTU of 1280 bytes")
				}
				size := c.size
				if raced {
					size /= 8
				}
				exchange(t, build(t, p, c.sky, c.mtu), size)
			})
		})
	}
}

// The same with 64 MiB each way. The weathers are not parallel to each other or to
// any other test, so that four transfers, and not dozens, share what processors
// there are. With -short there are two transfers, one in clear weather and one in
// foul; the other pairings, 20 % loss, and losses among small packets are for the
// long run only.
func TestLargeTransfer(t *testing.T) {
	for _, c := range []struct {
		sky   sky
		mtu   int
		short []pairing // run with -short too
	}{
		{clear0, 1500, []pairing{{weDial: true}}},
		{clear0, 65535, nil},
		{foul5, 65535, []pairing{{v6: true}}},
		{foul20, 65535, nil},
		{foul5.near(), 1500, nil},
		{foul20.near(), 1500, nil},
	} {
		t.Run(fmt.Sprintf("%s, MTU %d", c.sky.name, c.mtu), func(t *testing.T) {
			each(t, func(t *testing.T, p pairing) {
				if raced || testing.Short() && !slices.Contains(c.short, p) {
					t.Skip("64 MiB each way: run without -short and without -race")
				}
				n := build(t, p, c.sky, c.mtu)
				n.patience = largePatience
				exchange(t, n, 64<<20)
			})
		})
	}
}

// exchange sends size bytes each way at once. Each end closes its sending side
// when it has sent all.
func exchange(t *testing.T, n *network, size int) {
	client, server := n.connect(t, n.listen(t))
	done := make(chan error, 4)
	begin := time.Now()
	for i, c := range []conn{client, server} {
		go func() { done <- send(c, n.seed+uint64(i), size) }()
		go func() { done <- check(c, n.seed+uint64(1-i), size) }()
	}
	for range 4 {
		require.NoError(t, <-done)
	}
	t.Logf("%d bytes each way in %v", size, time.Since(begin).Round(time.Millisecond))
	require.NoError(t, client.Close())
	require.NoError(t, server.Close())
	n.checkOptions(t)
}

// send writes size bytes of a stream, in pieces of all sizes.
func send(c conn, seed uint64, size int) error {
	raw, dice := source(seed), rand.New(rand.NewPCG(seed, 1))
	piece := make([]byte, 64<<10)
	for sent := 0; sent < size; {
		p := piece[:min(1+dice.IntN(len(piece)), size-sent)]
		raw.Read(p)
		n, err := c.Write(p)
		sent += n
		if err != nil {
			return fmt.Errorf("write after %d bytes: %w", sent, err)
		}
	}
	return c.CloseWrite()
}

// check reads a stream to its end and compares.
func check(c net.Conn, seed uint64, size int) error {
	raw := source(seed)
	got, want := make([]byte, 64<<10), make([]byte, 64<<10)
	received := 0
	for {
		n, err := c.Read(got)
		raw.Read(want[:n])
		if !bytes.Equal(got[:n], want[:n]) {
			return fmt.Errorf("bytes %d to %d are not what was sent", received, received+n)
		}
		received += n
		switch {
		case err == io.EOF && received == size:
			return nil
		case err != nil:
			return fmt.Errorf("read after %d of %d bytes: %w", received, size, err)
		}
	}
}

// source returns a stream of random bytes.
func source(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	return rand.NewChaCha8(key)
}

// stream returns the beginning of a source.
func stream(seed uint64, size int) []byte {
	raw := make([]byte, size)
	source(seed).Read(raw)
	return raw
}

func requireSame(t *testing.T, want, got []byte) {
	t.Helper()
	require.Len(t, got, len(want))
	require.True(t, bytes.Equal(want, got), "the bytes are not what was sent")
}

// The receiver reads nothing until the sender's window is closed, then reads all:
// zero-window probes, and the window's opening, between strangers.
func TestClosedWindow(t *testing.T) {
	t.Parallel()
	for _, weSend := range []bool{true, false} {
		t.Run(fmt.Sprintf("we send: %v", weSend), func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) {
				n := build(t, p, clear0, link.DefaultMTU)
				sender, receiver := n.sides(n.connect(t, n.listen(t)))
				if !weSend {
					sender, receiver = receiver, sender
				}
				const size = 10 << 20 // beyond all buffers: gVisor's grow to 4 MiB each
				done := make(chan error, 1)
				go func() { done <- send(sender, n.seed, size) }()
				n.awaitClosedWindow(t, weSend)
				require.NoError(t, check(receiver, n.seed, size))
				require.NoError(t, <-done)
			})
		})
	}
}

// awaitClosedWindow waits until a probe of the receiver's closed window was answered.
func (n *network) awaitClosedWindow(t *testing.T, weSend bool) {
	t.Helper()
	from := link.AToB // where the receiver's segments go
	if weSend == n.weDial {
		from = link.BToA
	}
	require.Eventually(t, func() bool { return n.trace.probesAnswered(from) > 0 },
		patience, time.Millisecond, "no probe was answered with a closed window")
}

// Corruption alone, and a lot of it: every damaged segment is refused by its
// checksum, on both sides.
func TestCorruption(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p pairing) {
		s := foulSky("corruption", link.Weather{Corrupt: 0.2, Delay: time.Millisecond})
		n := build(t, p, s, link.DefaultMTU)
		exchange(t, n, 64<<10)
		stats := n.us.Stats()
		assert.Positive(t, stats.BadChecksum+stats.BadIPChecksum, "nothing damaged came our way")
	})
}

// What our Config does without is neither offered nor taken when gVisor offers it.
func TestPlainOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                string
		timestamps, scaling bool
	}{
		{"neither timestamps nor scaling", false, false},
		{"timestamps without scaling", true, false},
		{"scaling without timestamps", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) {
				n := build(t, p, clear0, link.DefaultMTU, func(config *tcp.Config) {
					config.Timestamps, config.WindowScaling = c.timestamps, c.scaling
				})
				exchange(t, n, 1<<20)
			})
		})
	}
}
