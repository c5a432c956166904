package gvisor

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// The three segments of the handshake, and the options that both agree on: in foul
// weather some of the segments come more than once, and say the same each time.
func TestHandshake(t *testing.T) {
	t.Parallel()
	for _, s := range skies {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) {
				n := build(t, p, s, link.DefaultMTU)
				states := n.watch()
				client, server := n.connect(t, n.listen(t))
				path(t, states, tcp.Established)
				assert.Equal(t, client.LocalAddr().String(), server.RemoteAddr().String())
				assert.Equal(t, client.RemoteAddr().String(), server.LocalAddr().String())
				if !s.foul {
					assert.Equal(t, []string{"ESTABLISHED"}, established(n.them.States()))
				}
				sendAll(t, client, "the first word")
				readAll(t, server, "the first word")
				sendAll(t, server, "the answer")
				readAll(t, client, "the answer")
				if !s.foul {
					n.checkThreeSegments(t, "the first word")
				}
				n.checkOptions(t)
			})
		})
	}
}

// established leaves out the listener.
func established(states []string) []string {
	var rest []string
	for _, s := range states {
		if s != "LISTEN" {
			rest = append(rest, s)
		}
	}
	return rest
}

// Nobody listens: the answer is a RST, and both sides understand it.
func TestRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p pairing) {
		n := build(t, p, clear0, link.DefaultMTU)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		_, err := n.client.DialFrom(ctx, n.local, n.web)
		require.Error(t, err)
		assert.Contains(t, err.Error(), "refused")
	})
}

// Either side may close first. Ours goes the closer's way to TIME-WAIT when it
// does, and the other's way to CLOSED when gVisor does.
func TestBothClosers(t *testing.T) {
	t.Parallel()
	for _, s := range skies {
		for _, weClose := range []bool{true, false} {
			name := s.name + ", gVisor closes first"
			if weClose {
				name = s.name + ", we close first"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				each(t, func(t *testing.T, p pairing) { closeInOrder(t, p, s, weClose) })
			})
		}
	}
}

func closeInOrder(t *testing.T, p pairing, s sky, weClose bool) {
	n := build(t, p, s, link.DefaultMTU)
	states := n.watch()
	us, them := n.sides(n.connect(t, n.listen(t)))
	path(t, states, tcp.Established)
	first, second := us, them
	if !weClose {
		first, second = them, us
	}
	sendAll(t, second, "a last word")
	readAll(t, first, "a last word")
	require.NoError(t, first.Close())
	rest, err := io.ReadAll(second)
	require.NoError(t, err)
	assert.Empty(t, rest)
	require.NoError(t, second.Close())
	if weClose {
		seen := path(t, states, tcp.TimeWait)
		assert.Equal(t, tcp.FinWait1, seen[0])
		assert.NotContains(t, seen, tcp.CloseWait)
	} else {
		assert.Equal(t, []tcp.State{tcp.CloseWait, tcp.LastAck, tcp.Closed}, path(t, states, tcp.Closed))
	}
	n.awaitTheirs(t)
}

func sendAll(t *testing.T, to io.Writer, text string) {
	t.Helper()
	_, err := io.WriteString(to, text)
	require.NoError(t, err)
}

// readAll reads exactly text.
func readAll(t *testing.T, from io.Reader, text string) {
	t.Helper()
	got := make([]byte, len(text))
	_, err := io.ReadFull(from, got)
	require.NoError(t, err)
	require.Equal(t, text, string(got))
}

// Half-close: the client has no more to say, and still hears the answer.
func TestHalfClose(t *testing.T) {
	t.Parallel()
	for _, s := range skies {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) {
				n := build(t, p, s, link.DefaultMTU)
				client, server := n.connect(t, n.listen(t))
				sendAll(t, client, "the question")
				require.NoError(t, client.CloseWrite())
				question, err := io.ReadAll(server)
				require.NoError(t, err)
				require.Equal(t, "the question", string(question))
				answer := stream(n.seed, 64<<10)
				go func() {
					server.Write(answer)
					server.Close()
				}()
				got, err := io.ReadAll(client)
				require.NoError(t, err)
				requireSame(t, answer, got)
				require.NoError(t, client.Close())
			})
		})
	}
}

// Both FINs are under way at the same time: CLOSING, on our side, then TIME-WAIT.
// In foul weather the FIN or the ACK may come first, and the way is another; its
// end is the same.
func TestSimultaneousClose(t *testing.T) {
	t.Parallel()
	for _, s := range skies {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) { closeAtOnce(t, p, s) })
		})
	}
}

func closeAtOnce(t *testing.T, p pairing, s sky) {
	n := build(t, p, s, link.DefaultMTU)
	states := n.watch()
	us, them := n.sides(n.connect(t, n.listen(t)))
	path(t, states, tcp.Established)
	closeTheirs := them.Close
	if s.foul {
		closeTheirs = them.CloseWrite // see TestSimultaneousCloseWithLoss
		n.keepOrder(t)
	}
	seen := n.closeBoth(t, states, us.Close, closeTheirs)
	if s.foul {
		assert.Equal(t, tcp.FinWait1, seen[0])
		assert.NotContains(t, seen, tcp.CloseWait)
	} else {
		assert.Equal(t, []tcp.State{tcp.FinWait1, tcp.Closing, tcp.TimeWait}, seen)
	}
	n.awaitTheirs(t)
}

// keepOrder has none of our segments overtake another. gVisor does not look at the ACK
// of its FIN a second time when it has come before our FIN: it stays in CLOSING for
// good. When our FIN is lost, the one that follows acknowledges its FIN as well.
func (n *network) keepOrder(t *testing.T) {
	t.Helper()
	w := n.link.Weather(1 - n.fromThem())
	w.Reorder, w.Jitter = 0, 0
	require.NoError(t, n.link.SetWeather(1-n.fromThem(), w))
}

// closeBoth closes both ends before either hears of the other, and returns the states
// that ours comes to, up to TIME-WAIT.
func (n *network) closeBoth(t *testing.T, states <-chan tcp.State, ours, theirs func() error) []tcp.State {
	t.Helper()
	release := n.hold(t)
	closed := make(chan error, 1)
	go func() { closed <- ours() }() // it carries its FIN itself, and so is held up too
	seen := path(t, states, tcp.FinWait1)
	require.NoError(t, theirs())
	release()
	require.NoError(t, <-closed)
	return append(seen, path(t, states, tcp.TimeWait)...)
}

// hold keeps all that is sent from now on under way until release is called, however
// long that takes on a busy machine.
func (n *network) hold(t *testing.T) (release func()) {
	t.Helper()
	gate := make(chan struct{})
	release = sync.OnceFunc(func() { close(gate) })
	t.Cleanup(release)
	for _, way := range []link.Way{link.AToB, link.BToA} {
		w := n.link.Weather(way)
		drop := w.Drop
		w.Drop = func(frame []byte) bool {
			<-gate
			return drop != nil && drop(frame)
		}
		require.NoError(t, n.link.SetWeather(way, w))
	}
	return release
}

// Both FINs cross and are lost at first, or both of their acknowledgments are.
//
// gVisor closes its sending side only: one that has closed fully takes the ACK
// that follows our lost FIN, and carries nothing, for text that it can't deliver
// any more, and resets the connection.
func TestSimultaneousCloseWithLoss(t *testing.T) {
	t.Parallel()
	for _, fins := range []bool{true, false} {
		name := "the ACKs are lost"
		if fins {
			name = "the FINs are lost"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, p pairing) { closeAtOnceLosing(t, p, fins) })
		})
	}
}

// closeAtOnceLosing loses, each way, the first FIN, or the first segment without one,
// which is the ACK of the other's FIN.
func closeAtOnceLosing(t *testing.T, p pairing, fins bool) {
	n := build(t, p, clear0, link.DefaultMTU, soon)
	states := n.watch()
	us, them := n.sides(n.connect(t, n.listen(t)))
	path(t, states, tcp.Established)
	for _, way := range []link.Way{link.AToB, link.BToA} {
		w := n.link.Weather(way)
		w.Drop = link.DropNth(1, func(frame []byte) bool {
			var seg tcp.Segment
			return tcp.Decode(frame, &seg) == nil && seg.Flags.Has(tcp.FIN) == fins
		})
		require.NoError(t, n.link.SetWeather(way, w))
	}
	seen := n.closeBoth(t, states, us.Close, them.CloseWrite)
	if fins { // whoever repeats his own first decides which way it goes
		assert.Equal(t, tcp.FinWait1, seen[0])
		assert.NotContains(t, seen, tcp.CloseWait)
	} else {
		assert.Equal(t, []tcp.State{tcp.FinWait1, tcp.Closing, tcp.TimeWait}, seen)
	}
	for _, way := range []link.Way{link.AToB, link.BToA} {
		require.Eventually(t, func() bool { return n.link.Counters(way).Dropped == 1 },
			patience, tick, "nothing was lost %s", arrow(way))
	}
}

// soon makes our host repeat its FIN not long after gVisor does, which is after 200 ms.
func soon(c *tcp.Config) { c.InitialRTO, c.MinRTO = 450*time.Millisecond, 450*time.Millisecond }

// A reset is one for both: what follows is an error, not the end of the data.
func TestReset(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p pairing) {
		n := build(t, p, clear0, link.DefaultMTU)
		us, them := n.sides(n.connect(t, n.listen(t)))
		require.NoError(t, us.(interface{ Abort() error }).Abort())
		_, err := them.Read(make([]byte, 1))
		require.Error(t, err)
		require.NotErrorIs(t, err, io.EOF)
		assert.Contains(t, err.Error(), "reset")
	})
}

// gVisor closes with data unread, and so resets; ours must say so.
func TestResetByThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p pairing) {
		n := build(t, p, clear0, link.DefaultMTU)
		us, them := n.sides(n.connect(t, n.listen(t)))
		sendAll(t, us, "nobody will read this")
		readAll(t, them, "nobody") // so that it has arrived
		require.NoError(t, them.Close())
		_, err := us.Read(make([]byte, 1))
		assert.ErrorIs(t, err, errReset)
	})
}
