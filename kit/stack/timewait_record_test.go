package stack

import (
	"io"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// finished returns a socket in TIME-WAIT after an orderly end.
func finished(local, remote string) *tcp.TCB {
	c := tcp.DefaultConfig()
	b := tcp.NewTCB(&c)
	b.Local, b.Remote = netip.MustParseAddrPort(local), netip.MustParseAddrPort(remote)
	b.State, b.CloseCalled, b.ReadClosed = tcp.TimeWait, true, true
	b.Scaling, b.Passive, b.NoDelay, b.Reuse = true, true, true, true
	b.Snd = tcp.SendSequence{
		Una: 1<<32 - 1, Nxt: 1<<32 - 1, ISS: 1<<32 - 500, Wnd: 1 << 30, MaxWnd: 1<<30 + 1, Scale: 14, MSS: 65483,
		FinSent: true, Fin: 1<<32 - 2, Queue: b.Snd.Queue,
	}
	b.Rcv = tcp.ReceiveSequence{
		Nxt: 0, IRS: 1<<32 - 9, Wnd: 70_000, Scale: 3, FinSeen: true, FinDone: true, Fin: 1<<32 - 1, Queue: b.Rcv.Queue,
	}
	b.Timestamps = tcp.Timestamps{On: true, Offset: 1, Recent: 2, RecentAt: noon.Add(-time.Hour), LastACKSent: 0}
	b.Timers.TimeWait = noon.Add(2 * c.MSL)
	b.AllowChallenge(noon)
	b.Keeping.Disowned = true
	return b
}

var noon = time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)

// What comes back is the socket that went to rest, but for what a conversation that
// is over has no use for.
func TestARecordIsAllThatIsNeeded(t *testing.T) {
	plain := finished("192.0.2.1:80", "192.0.2.2:49152")
	plain.Scaling, plain.Passive, plain.NoDelay, plain.Reuse = false, false, false, false
	plain.Timestamps = tcp.Timestamps{}
	plain.Snd.Scale, plain.Rcv.Scale = 0, 0
	fresh := finished("10.0.0.1:1", "10.0.0.2:65535")
	*fresh = func() tcp.TCB { // one that never was challenged
		c := tcp.NewTCB(fresh.Config)
		c.Local, c.Remote, c.State, c.CloseCalled, c.ReadClosed = fresh.Local, fresh.Remote, tcp.TimeWait, true, true
		c.Snd.Una, c.Snd.Nxt, c.Snd.Fin, c.Snd.FinSent = 10, 10, 9, true
		c.Rcv.Nxt, c.Rcv.Fin, c.Rcv.FinSeen, c.Rcv.FinDone = 20, 19, true, true
		c.Timestamps.LastACKSent = 20
		c.Timers.TimeWait = noon
		c.Keeping.Disowned = true
		return *c
	}()
	for name, b := range map[string]*tcp.TCB{
		"IPv4":             finished("192.0.2.1:80", "192.0.2.2:49152"),
		"IPv6":             finished("[2001:db8::1]:80", "[2001:db8::2]:49152"),
		"without options":  plain,
		"never challenged": fresh,
	} {
		t.Run(name, func(t *testing.T) {
			var r timeWaitRecord
			require.True(t, r.keep(b, noon))
			iss, irs := r.numbers()
			require.Equal(t, []tcp.Seq{b.Snd.ISS, b.Rcv.IRS}, []tcp.Seq{iss, irs})
			require.Equal(t, b.Tuple(), r.tuple())
			back := tcp.NewTCB(b.Config)
			r.restore(back, noon)
			back.Timers.TimeWait = b.Timers.TimeWait
			same := cmp.Diff(b, back, cmpopts.EquateComparable(netip.AddrPort{}),
				cmpopts.IgnoreUnexported(tcp.Buffer{}), cmpopts.EquateEmpty())
			require.Empty(t, same)
			require.Equal(t, b.Rcv.Queue.Limit(), back.Rcv.Queue.Limit())
		})
	}
}

// A socket that has anything left but its wait is kept whole.
func TestWhatCannotRest(t *testing.T) {
	for name, change := range map[string]func(b *tcp.TCB){
		"another state":         func(b *tcp.TCB) { b.State = tcp.FinWait2 },
		"text to read":          func(b *tcp.TCB) { b.Rcv.Queue.Append([]byte("late")) },
		"text to send":          func(b *tcp.TCB) { b.Snd.Queue.Append([]byte("late")) },
		"an application":        func(b *tcp.TCB) { b.ReadClosed = false },
		"a segment to collect":  func(b *tcp.TCB) { b.Outbox = []tcp.Segment{{}} },
		"another timer":         func(b *tcp.TCB) { b.Timers.Retransmit = noon },
		"no timer":              func(b *tcp.TCB) { b.Timers = tcp.Timers{} },
		"a FIN to be sent":      func(b *tcp.TCB) { b.Snd.FinSent = false },
		"a FIN unacknowledged":  func(b *tcp.TCB) { b.Snd.Una-- },
		"a FIN to come":         func(b *tcp.TCB) { b.Rcv.FinDone = false },
		"an ACK to be sent":     func(b *tcp.TCB) { b.Delayed.Now = true },
		"an error":              func(b *tcp.TCB) { b.Err = io.EOF },
		"a zone":                func(b *tcp.TCB) { b.Local = netip.MustParseAddrPort("[fe80::1%eth0]:80") },
		"a number out of place": func(b *tcp.TCB) { b.Rcv.Fin-- },
	} {
		t.Run(name, func(t *testing.T) {
			b := finished("192.0.2.1:80", "192.0.2.2:49152")
			change(b)
			var r timeWaitRecord
			require.False(t, r.keep(b, noon))
		})
	}
}

func TestRecordsAreSmall(t *testing.T) {
	require.LessOrEqual(t, int(unsafe.Sizeof(timeWaitRecord{})), 96, "bytes: with its place in lists, a record of 128 is the goal")
}
