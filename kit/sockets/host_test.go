package sockets

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// wire is a link's end that keeps what is sent, until it is delivered.
type wire struct {
	mtu       int // 0 for 1500
	handler   link.Handler
	sent      [][]byte
	delivered int // how many had been sent at the last Deliver
	closed    bool
}

func (w *wire) MTU() int              { return cmp.Or(w.mtu, 1500) }
func (w *wire) Attach(h link.Handler) { w.handler = h }
func (w *wire) Deliver()              { w.delivered = len(w.sent) }
func (w *wire) Close() error          { w.closed = true; return nil }
func (w *wire) Send(frames []*link.Frame) {
	for _, f := range frames {
		w.sent = append(w.sent, slices.Clone(f.Data))
		f.Free()
	}
}

// arrive has packets arrive, all at once.
func (w *wire) arrive(packets ...[]byte) {
	var frames []*link.Frame
	for _, p := range packets {
		f := link.NewFrame(len(p))
		copy(f.Data, p)
		frames = append(frames, f)
	}
	w.handler(frames)
}

// nobody is a first chapter that knows no socket, and answers as asked.
type nobody struct {
	stack.Socket
	answer func(*tcp.Segment) (tcp.Segment, bool)
}

func (nobody) Lookup(*tcp.Table, *tcp.Segment) *tcp.TCB      { return nil }
func (n nobody) Answer(seg *tcp.Segment) (tcp.Segment, bool) { return n.answer(seg) }

func resetEverything(*tcp.Segment) (tcp.Segment, bool) { return tcp.Segment{Flags: tcp.RST}, true }

func newTestHost(t *testing.T, answer func(*tcp.Segment) (tcp.Segment, bool)) (*Host, *wire) {
	t.Helper()
	w := &wire{}
	h, err := NewHost(w, stack.Chapters{Socket: nobody{answer: answer}}, addrs("192.0.2.1", "192.0.2.2"))
	require.NoError(t, err)
	t.Cleanup(func() { h.Close() })
	return h, w
}

func packet(t *testing.T, from, to string, flags tcp.Flags) []byte {
	t.Helper()
	seg := tcp.Segment{Src: netip.MustParseAddrPort(from), Dst: netip.MustParseAddrPort(to), Flags: flags}
	p := make([]byte, seg.EncodedLen())
	_, err := tcp.Encode(p, &seg)
	require.NoError(t, err)
	return p
}

// rightIPChecksum mends the checksum of an IPv4 header that was changed.
func rightIPChecksum(p []byte) []byte {
	p[10], p[11] = 0, 0
	sum := tcp.Checksum(p[:20])
	p[10], p[11] = byte(sum>>8), byte(sum)
	return p
}

func TestDroppedPacketsAreCountedByKind(t *testing.T) {
	sound := func() []byte { return packet(t, "192.0.2.9:5000", "192.0.2.1:80", tcp.ACK) }
	changed := func(at int, to byte) []byte {
		p := sound()
		p[at] = to
		return p
	}
	for _, test := range []struct {
		name   string
		packet []byte
		want   Stats
	}{
		{"empty", nil, Stats{Truncated: 1}},
		{"cut short", sound()[:30], Stats{Truncated: 1}},
		{"neither IPv4 nor IPv6", changed(0, 0x55), Stats{NotIP: 1}},
		{"header of 16 bytes", changed(0, 0x44), Stats{BadIPHeader: 1}},
		{"IP checksum", changed(10, ^sound()[10]), Stats{BadIPChecksum: 1}},
		{"UDP", rightIPChecksum(changed(9, 17)), Stats{NotTCP: 1}},
		{"fragment", rightIPChecksum(changed(7, 1)), Stats{Fragments: 1}},
		{"damaged segment", changed(30, 0xff), Stats{BadChecksum: 1}},
		{"for another host", packet(t, "192.0.2.9:5000", "192.0.2.3:80", tcp.ACK), Stats{NotForUs: 1}},
		{"sound", sound(), Stats{SegmentsIn: 1, SegmentsOut: 1, ResetsOut: 1}},
		{"sound, to the second address", packet(t, "192.0.2.9:5000", "192.0.2.2:80", tcp.ACK),
			Stats{SegmentsIn: 1, SegmentsOut: 1, ResetsOut: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, w := newTestHost(t, resetEverything)
			w.arrive(test.packet)
			assert.Equal(t, test.want, h.Stats())
			assert.Len(t, w.sent, int(test.want.SegmentsOut), "only a sound segment is answered")
			assert.Equal(t, len(w.sent), w.delivered, "what was sent was carried on")
		})
	}
}

func TestABatchIsAnsweredInOrderAndAtOnce(t *testing.T) {
	h, w := newTestHost(t, resetEverything)
	w.arrive(
		packet(t, "192.0.2.9:5001", "192.0.2.1:80", tcp.ACK),
		packet(t, "192.0.2.9:5002", "192.0.2.1:80", tcp.ACK),
		packet(t, "192.0.2.9:5003", "192.0.2.1:80", tcp.ACK),
	)
	var ports []uint16
	for _, p := range w.sent {
		var seg tcp.Segment
		require.NoError(t, tcp.Decode(p, &seg))
		ports = append(ports, seg.Dst.Port())
	}
	assert.Equal(t, []uint16{5001, 5002, 5003}, ports)
	assert.Equal(t, uint64(3), h.Stats().ResetsOut)
}

func TestSegmentsToTheHostItselfStayInside(t *testing.T) {
	// A stack that answers answers, a hundred times: if that were done by calls
	// within calls, or over the link, it would show.
	left := 100
	h, w := newTestHost(t, func(*tcp.Segment) (tcp.Segment, bool) {
		left--
		return tcp.Segment{Flags: tcp.ACK}, left > 0
	})
	w.arrive(packet(t, "192.0.2.2:5000", "192.0.2.1:80", tcp.ACK))
	assert.Zero(t, left)
	assert.Empty(t, w.sent, "nothing goes over the link")
	assert.Equal(t, uint64(100), h.Stats().SegmentsIn)
}

func TestASegmentThatMakesNoPacketIsDropped(t *testing.T) {
	h, w := newTestHost(t, func(*tcp.Segment) (tcp.Segment, bool) {
		return tcp.Segment{Flags: tcp.ACK, Payload: make([]byte, 1<<16)}, true
	})
	w.arrive(packet(t, "192.0.2.9:5000", "192.0.2.1:80", tcp.ACK))
	assert.Empty(t, w.sent)
	assert.Equal(t, uint64(1), h.Stats().Unsendable)
}

func TestHostSettings(t *testing.T) {
	first, _ := newTestHost(t, resetEverything)
	second, _ := newTestHost(t, resetEverything)
	assert.NotZero(t, first.Config().Secret)
	assert.NotEqual(t, first.Config().Secret, second.Config().Secret, "each host has a secret of its own")
	assert.True(t, first.Config().NoDelay, "as package net has it")

	w := &wire{}
	h, err := NewHost(w, stack.Chapters{}, addrs("::ffff:192.0.2.1"), WithMSL(time.Second), func(c *tcp.Config) {
		c.Secret = [16]byte{1}
		c.NoDelay = false
	})
	require.NoError(t, err)
	defer h.Close()
	want := DefaultConfig()
	want.MTU, want.MSL, want.Secret, want.NoDelay = 1500, time.Second, [16]byte{1}, false
	assert.Equal(t, want, h.Config())
	assert.Equal(t, addrs("192.0.2.1"), h.Addrs())
}

func TestAHostNeedsAnAddressOfItsOwn(t *testing.T) {
	for _, list := range [][]netip.Addr{nil, addrs("0.0.0.0"), addrs("::ffff:0.0.0.0"), addrs("192.0.2.1", "224.0.0.1"), {{}}} {
		w := &wire{}
		_, err := NewHost(w, stack.Chapters{}, list)
		assert.Error(t, err, "%v", list)
		assert.Nil(t, w.handler, "a host that was not made is not plugged in")
	}
}

func TestAHostNeedsAnMTUForItsAddresses(t *testing.T) {
	for _, c := range []struct {
		mtu     int
		address string
		wrong   string
	}{
		{68, "192.0.2.1", ""},
		{67, "192.0.2.1", "sockets: 192.0.2.1 needs an MTU of at least 68 bytes, and it is 67"},
		{1280, "2001:db8::1", ""},
		{1279, "2001:db8::1", "sockets: 2001:db8::1 needs an MTU of at least 1280 bytes, and it is 1279"},
		{1279, "::ffff:192.0.2.1", ""},
	} {
		h, err := NewHost(&wire{mtu: c.mtu}, stack.Chapters{}, addrs(c.address))
		if c.wrong != "" {
			assert.EqualError(t, err, c.wrong)
			continue
		}
		if assert.NoError(t, err) {
			h.Close()
		}
	}
}

func TestAClosedHost(t *testing.T) {
	h, w := newTestHost(t, resetEverything)
	require.NoError(t, h.Close())
	assert.True(t, w.closed, "the host is unplugged")
	require.NoError(t, h.Close(), "to close again does nothing")

	w.arrive(packet(t, "192.0.2.9:5000", "192.0.2.1:80", tcp.ACK))
	assert.Empty(t, w.sent, "a packet that was on its way is not answered")

	_, err := h.Dial("tcp", "192.0.2.9:80")
	assert.ErrorIs(t, err, net.ErrClosed)
	_, err = h.Listen("tcp", ":80")
	assert.ErrorIs(t, err, net.ErrClosed)
}

func TestAddressErrorsAreOpErrors(t *testing.T) {
	h, _ := newTestHost(t, resetEverything)
	_, dialErr := h.Dial("tcp", "localhost:80")
	_, listenErr := h.Listen("tcp", "localhost:80")
	for op, err := range map[string]error{"dial": dialErr, "listen": listenErr} {
		var opError *net.OpError
		require.True(t, errors.As(err, &opError), "%s: %v", op, err)
		assert.Equal(t, op, opError.Op)
		var nameError *net.DNSError
		require.True(t, errors.As(err, &nameError))
		assert.Equal(t, "localhost", nameError.Name)
		assert.True(t, nameError.IsNotFound)
	}
}
