package kernel

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tcpworkbook/judges/netns"
	"tcpworkbook/kit/link/tun"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/solutions"
)

// The two hosts: the kernel's end of the TUN device, and ours.
var (
	kernelAddr  = netip.MustParseAddr("10.9.0.1")
	ourAddr     = netip.MustParseAddr("10.9.0.2")
	kernelAddr6 = netip.MustParseAddr("fd09::1")
	ourAddr6    = netip.MustParseAddr("fd09::2")
)

// patience bounds every wait but those for iperf3: nothing else in these tests takes so
// long. A transfer may take as long as it likes, but no one call of Read or Write.
const patience = 20 * time.Second

// A namespace is a network of the kernel's for one test.
type namespace struct {
	t *testing.T
	*netns.Namespace
}

// network makes a namespace, and a host of ours that is linked to it.
func network(t *testing.T, options ...sockets.Option) (*namespace, *sockets.Host) {
	t.Helper()
	n, device := linked(t)
	host, err := sockets.NewHost(device, solutions.Chapters(), []netip.Addr{ourAddr, ourAddr6}, options...)
	require.NoError(t, err)
	t.Cleanup(func() { host.Close() })
	return n, host
}

// linked makes a namespace, and the TUN device that is the way into it.
func linked(t *testing.T) (*namespace, *tun.Device) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a TUN device and a network namespace need root: run this test with sudo")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("this machine has no /dev/net/tun: load the kernel's tun module and run again")
	}
	n := newNamespace(t)
	device, err := n.device()
	if cannot(err) {
		t.Skip("no TUN device: " + err.Error())
	}
	require.NoError(t, err, "this machine has TUN devices, and our package tun can't use one")
	if hasIPv6() {
		eventually(t, "the kernel can use its IPv6 address", n.reachesIPv6)
	}
	return n, device
}

// device makes the TUN device, with the kernel's addresses at its end.
func (n *namespace) device() (device *tun.Device, err error) {
	n.do(func() {
		// A new IPv6 address would be unusable while the kernel looks for others that have it.
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/default/accept_dad", []byte("0"), 0)
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/all/accept_dad", []byte("0"), 0)
		addresses := []netip.Prefix{netip.PrefixFrom(kernelAddr, 24)}
		if hasIPv6() {
			addresses = append(addresses, netip.PrefixFrom(kernelAddr6, 64))
		}
		device, err = tun.Open(tun.Config{Addresses: addresses})
	})
	return device, err
}

// cannot reports whether an error says that this machine has no TUN devices, or lets
// this process make none. Anything else is the fault of whoever asked.
func cannot(err error) bool {
	return slices.ContainsFunc([]error{unix.EPERM, unix.EACCES, unix.ENODEV, unix.ENXIO, unix.ENOENT},
		func(no error) bool { return errors.Is(err, no) })
}

// newNamespace makes a namespace.
func newNamespace(t *testing.T) *namespace {
	t.Helper()
	n, err := netns.New()
	if err != nil {
		t.Skip("this process may not make a network namespace: " + err.Error())
	}
	t.Cleanup(func() { n.Close() })
	return &namespace{t: t, Namespace: n}
}

// do calls f on a thread in the namespace; see netns. f must not end the test.
func (n *namespace) do(f func()) { require.NoError(n.t, n.Do(f)) }

// listen makes a listener of the kernel's.
func (n *namespace) listen(address string) (l net.Listener, err error) {
	n.do(func() { l, err = net.Listen("tcp", address) })
	return l, err
}

// dial has the kernel connect. It fits net/http's Transport.DialContext.
func (n *namespace) dial(ctx context.Context, network, address string) (c net.Conn, err error) {
	d := net.Dialer{Timeout: patience}
	n.do(func() { c, err = d.DialContext(ctx, network, address) })
	return c, err
}

// dialFrom has the kernel connect from a port that an earlier connection may hold.
func (n *namespace) dialFrom(port int, address string) (c net.Conn, err error) {
	d := net.Dialer{
		Timeout:   patience,
		LocalAddr: &net.TCPAddr{IP: kernelAddr.AsSlice(), Port: port},
		Control: func(_, _ string, raw syscall.RawConn) error {
			var failure error
			err := raw.Control(func(fd uintptr) {
				failure = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
			})
			if err != nil {
				return err
			}
			return failure
		},
	}
	n.do(func() { c, err = d.DialContext(context.Background(), "tcp", address) })
	return c, err
}

func hasIPv6() bool {
	_, err := os.Stat("/proc/sys/net/ipv6")
	return err == nil
}

// reachesIPv6 reports whether the kernel would send from its IPv6 address. A new one
// takes a moment.
func (n *namespace) reachesIPv6() (reaches bool) {
	n.do(func() {
		c, err := net.Dial("udp", net.JoinHostPort(ourAddr6.String(), "9")) // sends nothing
		if reaches = err == nil; reaches {
			c.Close()
		}
	})
	return reaches
}

// eventually waits until what holds becomes true.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); nextLook() {
		if time.Now().After(end) {
			t.Fatalf("after %v it is still not so that %s", patience, what)
		}
	}
}

// becomes waits until one side's connections are in the wanted states, and in no
// others.
func becomes[S comparable](t *testing.T, whose string, states func() []S, want ...S) {
	t.Helper()
	got := states()
	for end := time.Now().Add(patience); !slices.Equal(got, want); got = states() {
		if time.Now().After(end) {
			t.Fatalf("%s connections are %v after %v, and should be %v", whose, got, patience, want)
		}
		nextLook()
	}
}

// nextLook passes the time between two looks at the kernel: it tells nobody when a
// connection changes its state, so it has to be asked again and again.
func nextLook() { time.Sleep(time.Millisecond) }
