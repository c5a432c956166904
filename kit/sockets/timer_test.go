package sockets

import (
	"net/netip"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// anyPort is a first chapter that lets every socket have the port it asks for.
type anyPort struct{ stack.Socket }

func (anyPort) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	b.Local = netip.AddrPortFrom(local.Addr(), start)
	return nil
}
func (anyPort) Attach(t *tcp.Table, b *tcp.TCB) error {
	t.Ports[b.Local.Port()] = map[*tcp.TCB]struct{}{b: {}}
	return nil
}
func (anyPort) Lookup(*tcp.Table, *tcp.Segment) *tcp.TCB { return nil }
func (anyPort) Delete(t *tcp.Table, b *tcp.TCB)          { delete(t.Ports, b.Local.Port()) }

// impatient is a second chapter that sends a SYN and gives up after as many
// seconds as the peer's port has hundreds.
type impatient struct{ stack.Handshake }

func (impatient) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return 0 }
func (impatient) Open(b *tcp.TCB, _ tcp.Seq, now time.Time) {
	b.State = tcp.SynSent
	b.Emit(tcp.Segment{Flags: tcp.SYN})
	b.Timers.Retransmit = now.Add(time.Duration(b.Remote.Port()/100) * time.Second)
}
func (impatient) Timeout(*tcp.TCB, time.Time) error { return syscall.ETIMEDOUT }

func alarmOf(h *Host) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.alarm
}

func TestTheTimerFollowsTheStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := NewHost(&wire{}, stack.Chapters{Socket: anyPort{}, Handshake: impatient{}}, addrs("192.0.2.1"))
		require.NoError(t, err)
		defer h.Close()
		start := time.Now()
		gaveUp := make(chan time.Duration, 3)
		for _, port := range []string{"500", "900", "200"} { // the last is due first
			go func() {
				_, err := h.Dial("tcp", "192.0.2.9:"+port)
				assert.ErrorIs(t, err, syscall.ETIMEDOUT)
				gaveUp <- time.Since(start)
			}()
			synctest.Wait()
		}
		assert.Equal(t, start.Add(2*time.Second), alarmOf(h))
		for _, want := range []time.Duration{2, 5, 9} {
			assert.Equal(t, want*time.Second, <-gaveUp)
		}
		synctest.Wait()
		assert.Zero(t, alarmOf(h))
		assert.False(t, h.timer.Stop(), "no timer runs when the stack waits for nothing")
	})
}

func TestTheTimerStopsWithTheLastSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := NewHost(&wire{}, stack.Chapters{Socket: anyPort{}, Handshake: impatient{}}, addrs("192.0.2.1"))
		require.NoError(t, err)
		defer h.Close()
		_, err = (&Dialer{Host: h, Timeout: time.Second}).Dial("tcp", "192.0.2.9:1000")
		require.ErrorContains(t, err, "i/o timeout")
		assert.Empty(t, h.Sockets())
		assert.Zero(t, alarmOf(h))
		assert.False(t, h.timer.Stop())
	})
}

func TestADeadSocketIsGarbage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := NewHost(&wire{}, stack.Chapters{Socket: anyPort{}, Handshake: impatient{}}, addrs("192.0.2.1"))
		require.NoError(t, err)
		defer h.Close()
		failed := make(chan error)
		go func() {
			_, err := h.Dial("tcp", "192.0.2.9:100")
			failed <- err
		}()
		synctest.Wait()
		h.mu.Lock()
		dying := weak.Make(slices.Collect(h.stack.Sockets)[0])
		h.mu.Unlock()
		require.Error(t, <-failed)
		synctest.Wait()
		for range 3 { // what a sync.Pool holds is gone after two
			runtime.GC()
		}
		assert.Nil(t, dying.Value(), "somebody still holds on to a socket that is deleted")
	})
}

func TestAWriterWaitsForRoomThatIsWorthIt(t *testing.T) {
	config := tcp.DefaultConfig()
	config.SendBuffer = 1000
	for _, test := range []struct {
		left int // bytes still to be written
		room int
		want bool
	}{
		{100, 99, false}, {100, 100, true}, // all of it
		{9999, 499, false}, {9999, 500, true}, // or half of the buffer
	} {
		c := &Conn{tcb: tcp.NewTCB(&config)}
		c.tcb.State = tcp.Established
		c.tcb.Snd.Queue.Append(make([]byte, config.SendBuffer-test.room))
		c.wantRoom(test.left)
		assert.Equal(t, test.want, c.writable(), "%d bytes are left, there is room for %d", test.left, test.room)
	}
}
