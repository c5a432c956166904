package script

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/tcp"
)

// varying has the scripts of this test run in a variation.
func varying(t *testing.T, variation int) {
	before := guard.Variation
	guard.Variation = variation
	t.Cleanup(func() { guard.Variation = before })
}

// The names of two tests: in the one shift counts are 0, in the other they are not.
const notShifted, shifted = "TestStep1_A", "TestStep1_B"

// windowsOf are the windows of a socket in a script, and by how much they are shifted.
type windowsOf struct {
	scaling          bool
	sndScale         uint8
	sndWnd           uint32
	rcvScale         uint8
	rcvWnd           uint32
	buffer, settings int
	maxWnd           uint32
}

// inScript returns the windows in a script that a test of that name begins.
func inScript(t *testing.T, name string, options []Option, more ...func(s *Script)) (w windowsOf) {
	t.Helper()
	require.Empty(t, failure(t, name, func(t testing.TB) {
		s := InState(t, talking(), tcp.Established, append(options, Unwatched())...)
		for _, f := range more {
			f(s)
		}
		b := s.TCB()
		w = windowsOf{
			b.Scaling, b.Snd.Scale, b.Snd.Wnd, b.Rcv.Scale, b.Rcv.Wnd, b.Rcv.Queue.Limit(), s.Stack().Config().ReceiveBuffer,
			b.Snd.MaxWnd,
		}
	}))
	return w
}

func TestWindowsAreScaled(t *testing.T) {
	usual := windowsOf{false, 0, uint32(Window), 0, 32 << 10, 32 << 10, 32 << 10, uint32(Window)}
	large := windowsOf{true, largePeer, uint32(Window) << largePeer, largeYours, largeBuffer, largeBuffer, largeBuffer, uint32(Window) << largePeer}
	zero := usual
	zero.scaling = true
	assert.Equal(t, usual, inScript(t, shifted, nil), "not in the plain run")
	assert.Greater(t, large.sndWnd, uint32(1<<16-1))

	varying(t, guard.Windows|guard.Numbers)
	assert.Equal(t, large, inScript(t, shifted, nil))
	assert.Equal(t, zero, inScript(t, notShifted, nil), "0 is a shift count, too")
	assert.Equal(t, usual, inScript(t, shifted, []Option{Unscaled()}))

	for name, change := range map[string]func(b *tcp.TCB){
		"the peer's window": func(b *tcp.TCB) { b.Snd.Wnd-- },
		"the largest":       func(b *tcp.TCB) { b.Snd.MaxWnd-- },
		"yours":             func(b *tcp.TCB) { b.Rcv.Wnd-- },
		"your count":        func(b *tcp.TCB) { b.Rcv.Scale = 1 },
		"the peer's":        func(b *tcp.TCB) { b.Snd.Scale = 1 },
		"whether":           func(b *tcp.TCB) { b.Scaling = true },
		"what was not read": func(b *tcp.TCB) { b.Rcv.Queue.Append([]byte("x")) },
	} {
		w := inScript(t, shifted, []Option{Change(change)})
		assert.Less(t, w.sndScale+w.rcvScale, uint8(2), name)
		assert.Equal(t, 32<<10, w.buffer, name)
		assert.Equal(t, 32<<10, w.settings, name)
	}
	same := Change(func(b *tcp.TCB) { b.Scaling, b.Snd.Scale = true, largePeer })
	assert.Equal(t, uint8(largePeer), inScript(t, shifted, []Option{same}, func(s *Script) { s.PeerWindow(7) }).sndScale,
		"a count that the script has chosen stays")
	own := inScript(t, shifted, []Option{Configure(func(c *tcp.Config) { c.ReceiveBuffer = 7 })})
	assert.Equal(t, windowsOf{false, 0, uint32(Window), 0, 7, 7, 7, uint32(Window)}, own, "the script is about the buffer")
}

// Who names a window of the peer's means what stands in the header.
func TestANamedWindowIsNotShifted(t *testing.T) {
	varying(t, guard.Windows)
	ack := tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1}
	named := ack
	named.Window = 7
	for name, f := range map[string]func(s *Script){
		"PeerWindow": func(s *Script) { s.PeerWindow(7) },
		"Send":       func(s *Script) { s.Send(named) },
	} {
		w := inScript(t, shifted, nil, f)
		assert.Zero(t, w.sndScale, name)
		assert.Equal(t, uint32(Window), w.sndWnd, "%s: at once, it never was", name)
		assert.Equal(t, uint32(Window), w.maxWnd, "%s: at once, it never was", name)
		w = inScript(t, shifted, nil, func(s *Script) { s.Send(ack) }, f)
		assert.Zero(t, w.sndScale, name)
		assert.Equal(t, uint32(Window)<<largePeer, w.sndWnd, "%s: later, what was announced stays", name)
	}
}

// The peer's SYN offers to scale; its SYN,ACK only if yours has, too.
func TestThePeerOffersToScale(t *testing.T) {
	offered := func(name string, yours bool, seg tcp.Segment) tcp.Options {
		c := scriptConfig()
		p := scalerOf(name, &c)
		p.hear(&tcp.Segment{Flags: tcp.SYN, Options: tcp.Options{HasWindowScale: yours}})
		p.put(&seg)
		return seg.Options
	}
	yes, zero := tcp.Options{HasWindowScale: true, WindowScale: largePeer}, tcp.Options{HasWindowScale: true}
	syn, synack := tcp.Segment{Flags: tcp.SYN}, tcp.Segment{Flags: tcp.SYN | tcp.ACK}
	assert.Empty(t, offered(shifted, true, syn), "not in the plain run")
	varying(t, guard.Windows)
	assert.Equal(t, yes, offered(shifted, false, syn))
	assert.Equal(t, zero, offered(notShifted, false, syn))
	assert.Equal(t, yes, offered(shifted, true, synack))
	assert.Empty(t, offered(shifted, false, synack), "yours has not")
	assert.Empty(t, offered(shifted, true, tcp.Segment{Flags: tcp.ACK}))
	require.Empty(t, failure(t, shifted, func(t testing.TB) {
		s := New(t, talking(), Unwatched())
		s.heard = []tcp.Segment{{Flags: tcp.SYN, Options: zero}}
		s.collect()
		assert.True(t, s.scaler.offered, "what you have sent is heard")
	}))
	named := tcp.Options{MSS: 1000}
	assert.Equal(t, named, offered(shifted, true, tcp.Segment{Flags: tcp.SYN, Options: named}), "the script names options")
}
