package sockets

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tcpworkbook/kit/tcp"
)

func TestListingIsATable(t *testing.T) {
	at := netip.MustParseAddrPort
	list := Listing{
		{Local: at("192.0.2.1:80"), Remote: at("192.0.2.2:50001"), State: tcp.TimeWait, Timer: "time-wait", TimeLeft: 90 * time.Second},
		{Local: at("192.0.2.1:80"), Remote: at("192.0.2.2:50000"), State: tcp.Established, ReceiveQueue: 3, SendQueue: 1460,
			Timer: "retransmit", TimeLeft: 1234567 * time.Microsecond, Retransmissions: 2},
		{Local: at("192.0.2.9:8080"), State: tcp.Listen},
		{Local: netip.AddrPortFrom(netip.Addr{}, 80), State: tcp.Listen, ReceiveQueue: 1, SendQueue: 2},
	}
	slices.SortFunc(list, compare)
	want := `State        Receive  Send  Local           Remote           Timer
LISTEN       1        2     *:80            *                -
LISTEN       0        0     192.0.2.9:8080  *                -
ESTABLISHED  3        1460  192.0.2.1:80    192.0.2.2:50000  retransmit 1.235s (2×)
TIME-WAIT    0        0     192.0.2.1:80    192.0.2.2:50001  time-wait 1m30s
`
	if diff := cmp.Diff(want, list.String()); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}

func TestDescribe(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	config := tcp.DefaultConfig()
	b := tcp.NewTCB(&config)
	b.State = tcp.Established
	b.Local, b.Remote = netip.MustParseAddrPort("192.0.2.1:80"), netip.MustParseAddrPort("192.0.2.2:50000")
	b.Snd.Queue.Append(make([]byte, 7))
	b.Rcv.Queue.Append(make([]byte, 5))
	b.RTO.Attempts = 1
	want := Socket{Local: b.Local, Remote: b.Remote, State: tcp.Established, SendQueue: 7, ReceiveQueue: 5, Retransmissions: 1}

	check := func(why string) {
		t.Helper()
		if diff := cmp.Diff(want, describe(b, now), cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", why, diff)
		}
	}
	check("no timer runs")
	b.Timers.TimeWait = now.Add(4 * time.Second)
	want.Timer, want.TimeLeft = "time-wait", 4*time.Second
	check("one timer runs")
	b.Timers.Retransmit = now.Add(3 * time.Second)
	want.Timer, want.TimeLeft = "retransmit", 3*time.Second
	check("of several the first to expire")
	b.Timers.Probe = now.Add(2 * time.Second)
	want.Timer, want.TimeLeft = "probe", 2*time.Second
	check("of several the first to expire")
	b.Timers.DelayedACK = now.Add(-time.Second)
	want.Timer, want.TimeLeft = "delayed ACK", 0
	check("one that is overdue has no time left")
	b.Timers.Orphan = now.Add(-2 * time.Second)
	want.Timer = "orphan"
	check("of several the first to expire")

	b.Listener = &tcp.Listener{Half: make([]*tcp.TCB, 2), Ready: make([]*tcp.TCB, 1)}
	want.ReceiveQueue, want.SendQueue = 1, 2
	check("a listener's queues are of connections")
}
