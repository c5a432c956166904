package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tcpworkbook/kit/tcp"
)

// The lessons say what Linux does. These tests ask it: each subtest is one claim, with the
// lesson that makes it. When one fails, either this kernel has changed, and the lesson has to
// say so and since when, or the lesson was wrong.

// TestTimeWait is chapter 5's: steps 3, 4 and 5.
func TestTimeWait(t *testing.T) {
	x := newExaminer(t)
	claims := []struct {
		name           string
		segment        func(k *talk) tcp.Segment
		answered, anew bool
		gone           bool
	}{
		{name: "the FIN again starts the minute anew", answered: true, anew: true,
			segment: func(k *talk) tcp.Segment {
				return tcp.Segment{Seq: k.next - 1, Ack: k.expect, Flags: tcp.FIN | tcp.ACK}
			}},
		{name: "old text starts the minute anew", answered: true, anew: true,
			segment: func(k *talk) tcp.Segment {
				return tcp.Segment{Seq: k.next - 50, Ack: k.expect, Flags: tcp.ACK, Payload: []byte("old")}
			}},
		{name: "an old ACK without text starts the minute anew", answered: true, anew: true,
			segment: func(k *talk) tcp.Segment { return tcp.Segment{Seq: k.next - 50, Ack: k.expect, Flags: tcp.ACK} }},
		{name: "an ACK at RCV.NXT starts the minute anew, without an answer", anew: true,
			segment: func(k *talk) tcp.Segment { return tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.ACK} }},
		{name: "a FIN with another number starts the minute anew", answered: true, anew: true,
			segment: func(k *talk) tcp.Segment {
				return tcp.Segment{Seq: k.next + 50, Ack: k.expect, Flags: tcp.FIN | tcp.ACK}
			}},
		{name: "an old SYN does not start the minute anew", answered: true,
			segment: func(k *talk) tcp.Segment { return tcp.Segment{Seq: k.next - 50, Flags: tcp.SYN} }},
		{name: "a RST at RCV.NXT ends it", gone: true,
			segment: func(k *talk) tcp.Segment { return tcp.Segment{Seq: k.next, Flags: tcp.RST} }},
		{name: "another RST changes nothing",
			segment: func(k *talk) tcp.Segment { return tcp.Segment{Seq: k.next + 1, Flags: tcp.RST} }},
	}
	talks := make([]*talk, len(claims))
	for i := range claims {
		talks[i] = x.waits(t)
	}
	const aged = 58 * time.Second // of 60
	eventually(t, "some of the minute has passed", func() bool { return talks[len(talks)-1].timer(t) < aged })
	for i, claim := range claims {
		t.Run(claim.name, func(t *testing.T) {
			k := talks[i]
			before := k.timer(t)
			k.say(t, claim.segment(k))
			if claim.gone {
				assert.Empty(t, k.state(t))
				return
			}
			after := k.timer(t)
			assert.Equal(t, claim.anew, after > before, "the timer: %v, then %v", before, after)
			answers := k.answers(t)
			assert.Equal(t, claim.answered, len(answers) == 1, "the answers: %v", answers)
		})
	}
}

// TestSynReceived is chapter 4's, step 1: two SYNs cross, and the application closes before
// the ACK of ours has come.
func TestSynReceived(t *testing.T) {
	x := newExaminer(t)
	crossed := func(t *testing.T) *talk {
		k, _ := x.dials(t)
		k.say(t, tcp.Segment{Seq: k.next, Flags: tcp.SYN, Options: tcp.Options{MSS: 1460}})
		k.next++
		k.hears(t, tcp.SYN|tcp.ACK)
		require.Equal(t, "SYN-RECEIVED", k.state(t))
		return k
	}
	t.Run("close sends the FIN at once", func(t *testing.T) {
		k := crossed(t)
		k.close(t)
		assert.Equal(t, "FIN-WAIT-1", k.state(t))
		assert.Equal(t, k.expect, k.hears(t, tcp.FIN).Seq)
	})
	t.Run("shutdown lets the FIN wait for the ACK of the SYN", func(t *testing.T) {
		since(t, "6.18")
		k := crossed(t)
		k.closeWrite(t)
		assert.Equal(t, "SYN-RECEIVED", k.state(t))
		for _, seg := range k.answers(t) {
			assert.False(t, seg.Flags.Has(tcp.FIN), "%v", seg)
		}
		k.say(t, tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.ACK})
		assert.Equal(t, k.expect, k.hears(t, tcp.FIN).Seq)
		assert.Equal(t, "FIN-WAIT-1", k.state(t))
	})
}

// TestLastAck is chapter 4's, steps 8 and 9, and chapter 5's, step 3.
func TestLastAck(t *testing.T) {
	x := newExaminer(t)
	for name, lastWords := range map[string]string{"text of ours in flight": "last words", "only our FIN in flight": ""} {
		reset := func(t *testing.T) *talk {
			k := x.open(t)
			k.finish(t)
			_, err := unix.Write(k.fd, []byte(lastWords))
			require.NoError(t, err)
			k.closeWrite(t)
			require.Equal(t, "LAST-ACK", k.state(t))
			k.say(t, tcp.Segment{Seq: k.next, Flags: tcp.RST})
			require.Empty(t, k.state(t))
			return k
		}
		t.Run("after a RST with "+name+" a read finds the end, and SO_ERROR says ECONNRESET", func(t *testing.T) {
			k := reset(t)
			n, err := unix.Read(k.fd, make([]byte, 1))
			assert.NoError(t, err)
			assert.Zero(t, n)
			number, err := unix.GetsockoptInt(k.fd, unix.SOL_SOCKET, unix.SO_ERROR)
			require.NoError(t, err)
			assert.Equal(t, unix.ECONNRESET, unix.Errno(number))
		})
		t.Run("after a RST with "+name+" a write says ECONNRESET, and the next EPIPE", func(t *testing.T) {
			k := reset(t)
			assert.ErrorIs(t, unix.Send(k.fd, []byte("more"), unix.MSG_NOSIGNAL), unix.ECONNRESET)
			assert.ErrorIs(t, unix.Send(k.fd, []byte("more"), unix.MSG_NOSIGNAL), unix.EPIPE)
		})
	}
	t.Run("close with text that nobody has read sends a RST", func(t *testing.T) {
		k := x.open(t)
		k.say(t, tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.PSH | tcp.ACK, Payload: []byte("unread")})
		k.next += 6
		k.finish(t)
		k.closeWrite(t)
		require.Equal(t, "LAST-ACK", k.state(t))
		k.close(t)
		assert.Equal(t, k.next, k.hears(t, tcp.RST).Ack)
	})
}

// TestCloseWait is chapter 4's, step 4.
func TestCloseWait(t *testing.T) {
	x := newExaminer(t)
	t.Run("a connection that nobody accepts stays in CLOSE-WAIT", func(t *testing.T) {
		k := x.unaccepted(t)
		k.finish(t)
		assert.Equal(t, "CLOSE-WAIT", k.state(t))
	})
}

// TestTracedSYNs is chapter 2's, step 7. It measures by the timestamps of the SYNs, which are
// the kernel's own clock, in milliseconds.
func TestTracedSYNs(t *testing.T) {
	t.Run("a SYN is sent again four more times after a second, before the waits double", func(t *testing.T) {
		since(t, "6.5")
		if testing.Short() {
			t.Skip("it takes seven seconds")
		}
		x := newExaminer(t)
		require.Equal(t, "4", x.setting(t, "tcp_syn_linear_timeouts"))
		k, syn := x.dials(t)
		for i, want := range []time.Duration{1, 1, 1, 1, 1, 2} {
			again := k.hears(t, tcp.SYN)
			gap := time.Duration(again.Options.TSval-syn.Options.TSval) * time.Millisecond
			assert.InDelta(t, want.Seconds()*1e9, gap.Seconds(), 0.5, "before SYN %d", i+2)
			syn = again
		}
	})
}

// TestBeyondTheWindow is chapter 3's, step 1.
func TestBeyondTheWindow(t *testing.T) {
	x := newExaminer(t)
	require.NoError(t, unix.SetsockoptInt(x.listener, unix.IPPROTO_TCP, unix.TCP_WINDOW_CLAMP, 2000))
	// The examiner sends text that begins in the window and ends beyond it, and then what was
	// missing before it. Was it kept?
	kept := func(t *testing.T, read int) bool {
		k := x.open(t)
		k.say(t, tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.PSH | tcp.ACK, Payload: []byte("text")})
		k.next += 4
		n, err := unix.Read(k.fd, make([]byte, read))
		require.NoError(t, err)
		require.Equal(t, read, n)
		answers := k.answers(t)
		require.NotEmpty(t, answers)
		window := answers[len(answers)-1].Window
		require.Greater(t, window, uint16(100))
		require.Less(t, window, uint16(1500))
		k.say(t, tcp.Segment{
			Seq: k.next + 100, Ack: k.expect, Flags: tcp.PSH | tcp.ACK, Payload: make([]byte, window),
		})
		k.say(t, tcp.Segment{
			Seq: k.next, Ack: k.expect, Flags: tcp.PSH | tcp.ACK, Payload: make([]byte, 100),
		})
		return k.received(t) > 4-read+100
	}
	t.Run("text that ends beyond the window is refused while something waits to be read", func(t *testing.T) {
		since(t, "6.17")
		assert.False(t, kept(t, 2))
	})
	t.Run("text that ends beyond the window is taken while nothing waits to be read", func(t *testing.T) {
		since(t, "6.17")
		assert.True(t, kept(t, 4))
	})
}

// TestReuse is chapter 1's, step 5, and chapter 5's, step 8.
func TestReuse(t *testing.T) {
	x := newExaminer(t)
	const port = 8080
	bind := func(t *testing.T, reuse bool) error {
		fd := x.socket(t)
		if reuse {
			require.NoError(t, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
		}
		return unix.Bind(fd, &unix.SockaddrInet4{Addr: kernelAddr.As4(), Port: port})
	}
	t.Run("two bound sockets share an end if both have SO_REUSEADDR", func(t *testing.T) {
		assert.NoError(t, bind(t, true))
		assert.NoError(t, bind(t, true))
	})
	t.Run("that the new one has it is not enough", func(t *testing.T) {
		assert.NoError(t, bind(t, false))
		assert.ErrorIs(t, bind(t, true), unix.EADDRINUSE)
	})
	for name, old := range map[string]bool{"with it is not in the way": true, "without it is in the way": false} {
		t.Run("if the new one has SO_REUSEADDR, a socket in TIME-WAIT "+name, func(t *testing.T) {
			k := x.newTalk()
			k.fd = x.socket(t)
			if old {
				require.NoError(t, unix.SetsockoptInt(k.fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
			}
			k.dial(t)
			k.say(t, tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.SYN | tcp.ACK})
			k.next++
			k.wait(t)
			fd := x.socket(t)
			require.NoError(t, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
			err := unix.Bind(fd, &unix.SockaddrInet4{Addr: kernelAddr.As4(), Port: int(k.local)})
			if old {
				assert.NoError(t, err)
			} else {
				assert.ErrorIs(t, err, unix.EADDRINUSE)
			}
		})
	}
	t.Run("a socket in SYN-SENT is in the way", func(t *testing.T) {
		k, _ := x.dials(t)
		fd := x.socket(t)
		err := unix.Bind(fd, &unix.SockaddrInet4{Addr: kernelAddr.As4(), Port: int(k.local)})
		assert.ErrorIs(t, err, unix.EADDRINUSE)
	})
}

// TestChoiceOfPorts is chapter 1's, step 6.
func TestChoiceOfPorts(t *testing.T) {
	x := newExaminer(t)
	require.Equal(t, "32768\t60999", x.setting(t, "ip_local_port_range"))
	t.Run("connect takes even ports", func(t *testing.T) {
		for range 10 {
			k, _ := x.dials(t)
			assert.Zero(t, k.local%2, "port %d", k.local)
		}
	})
	t.Run("a bind to port 0 takes odd ones", func(t *testing.T) {
		for range 10 {
			fd := x.socket(t)
			require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: kernelAddr.As4()}))
			end, err := unix.Getsockname(fd)
			require.NoError(t, err)
			port := end.(*unix.SockaddrInet4).Port
			assert.Equal(t, 1, port%2, "port %d", port)
		}
	})
}

// TestTimestampOffset is chapter 3's, step 9. Both SYNs go to one host within a second or two:
// with one clock for all connections to it, their timestamps would be as near.
func TestTimestampOffset(t *testing.T) {
	t.Run("each connection has a timestamp clock of its own", func(t *testing.T) {
		since(t, "6.18.44")
		x := newExaminer(t)
		_, one := x.dials(t)
		_, other := x.dials(t)
		apart := int32(other.Options.TSval - one.Options.TSval)
		assert.Greater(t, max(apart, -apart), int32(patience.Milliseconds()))
	})
}

// TestSettings asks for the settings that a new namespace has.
func TestSettings(t *testing.T) {
	x := newExaminer(t)
	t.Run("the host's limit for challenge ACKs is off", func(t *testing.T) { // chapter 2, step 5
		since(t, "6.1")
		assert.Equal(t, "2147483647", x.setting(t, "tcp_challenge_ack_limit"))
	})
	t.Run("tcp_tw_reuse is for loopback only", func(t *testing.T) { // chapter 5, step 6
		since(t, "4.19")
		assert.Equal(t, "2", x.setting(t, "tcp_tw_reuse"))
	})
	t.Run("a SYN is sent again six times, and four more", func(t *testing.T) { // chapter 2, step 7
		since(t, "6.5")
		assert.Equal(t, "6", x.setting(t, "tcp_syn_retries"))
		assert.Equal(t, "4", x.setting(t, "tcp_syn_linear_timeouts"))
	})
	t.Run("TIME-WAIT obeys a RST", func(t *testing.T) { // chapter 5, step 5
		assert.Equal(t, "0", x.setting(t, "tcp_rfc1337"))
	})
}
