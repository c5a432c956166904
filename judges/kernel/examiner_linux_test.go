package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/link/tun"
	"tcpworkbook/kit/tcp"
)

// An examiner is a peer of the kernel's that has no TCP: it sends the segments that a test
// makes up, and notes what the kernel says to them.
type examiner struct {
	*namespace
	device   *tun.Device
	listener int          // a socket of the kernel's, on kernelPort
	sockets  map[int]bool // of the kernel's, that are open
	ports    uint16

	mu      sync.Mutex
	arrived sync.Cond
	heard   map[uint16][]tcp.Segment // by the examiner's port
}

// Ports: kernelPort is the kernel's listener, nobodysPort has none. A segment from markerPort
// to nobodysPort brings a RST, which marks a moment: see catchUp.
const (
	kernelPort  = 80
	nobodysPort = 81
	markerPort  = 1
)

func newExaminer(t *testing.T) *examiner {
	t.Helper()
	n, device := linked(t)
	x := &examiner{namespace: n, device: device, ports: 2000,
		sockets: make(map[int]bool), heard: make(map[uint16][]tcp.Segment)}
	x.arrived.L = &x.mu
	t.Cleanup(func() { device.Close() })
	device.Attach(x.hear)
	x.listener = x.socket(t)
	require.NoError(t, unix.Bind(x.listener, &unix.SockaddrInet4{Addr: kernelAddr.As4(), Port: kernelPort}))
	require.NoError(t, unix.Listen(x.listener, 64))
	return x
}

// socket makes a socket of the kernel's, closed at the end of t. No call on it waits.
func (x *examiner) socket(t *testing.T) (fd int) {
	t.Helper()
	var err error
	x.do(func() {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	})
	require.NoError(t, err)
	x.keep(t, fd)
	return fd
}

// keep closes a socket of the kernel's at the end of t, unless shut has closed it before.
func (x *examiner) keep(t *testing.T, fd int) {
	x.sockets[fd] = true
	t.Cleanup(func() {
		if x.sockets[fd] {
			x.shut(fd)
		}
	})
}

// shut closes a socket of the kernel's. Its number may be another's from then on.
func (x *examiner) shut(fd int) error {
	delete(x.sockets, fd)
	return unix.Close(fd)
}

// hear notes what the kernel sends.
func (x *examiner) hear(frames []*link.Frame) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range frames {
		var seg tcp.Segment
		if tcp.Decode(f.Data, &seg) == nil && seg.Dst.Addr() == ourAddr {
			seg.Payload = append([]byte(nil), seg.Payload...)
			x.heard[seg.Dst.Port()] = append(x.heard[seg.Dst.Port()], seg)
		}
		f.Free()
	}
	x.arrived.Broadcast()
}

// await waits until the kernel has sent a segment to a port that is as wanted, and returns
// the first. The segments before it are forgotten, and it too.
func (x *examiner) await(t *testing.T, port uint16, what string, wanted func(*tcp.Segment) bool) tcp.Segment {
	t.Helper()
	timeUp := time.AfterFunc(patience, func() {
		x.mu.Lock() // not between another's look at the time and its Wait
		defer x.mu.Unlock()
		x.arrived.Broadcast()
	})
	defer timeUp.Stop()
	end := time.Now().Add(patience)
	x.mu.Lock()
	defer x.mu.Unlock()
	for {
		for i, seg := range x.heard[port] {
			if wanted(&seg) {
				x.heard[port] = x.heard[port][i+1:]
				return seg
			}
		}
		if !time.Now().Before(end) {
			t.Fatalf("the kernel should send %s; in %v it has sent %v", what, patience, x.heard[port])
		}
		x.arrived.Wait()
	}
}

// catchUp waits until everything that the kernel has sent so far is noted. It has the
// kernel send one more segment: the device keeps the order, so that one is noted last.
func (x *examiner) catchUp(t *testing.T) {
	t.Helper()
	x.send(t, tcp.Segment{
		Src: netip.AddrPortFrom(ourAddr, markerPort), Dst: netip.AddrPortFrom(kernelAddr, nobodysPort), Flags: tcp.ACK,
	})
	x.await(t, markerPort, "a RST", func(seg *tcp.Segment) bool { return seg.Flags.Has(tcp.RST) })
}

// send sends a segment to the kernel, which has dealt with it when send returns.
func (x *examiner) send(t *testing.T, seg tcp.Segment) {
	t.Helper()
	f := link.NewFrame(seg.EncodedLen())
	_, err := tcp.Encode(f.Data, &seg)
	require.NoError(t, err)
	x.device.Send([]*link.Frame{f})
	x.device.Deliver()
}

// A talk is one connection between the examiner and the kernel.
type talk struct {
	*examiner
	port   uint16  // the examiner's
	local  uint16  // the kernel's
	fd     int     // the kernel's socket, if it has been made or accepted
	next   tcp.Seq // SND.NXT of the examiner's
	expect tcp.Seq // RCV.NXT
}

// peerISS is the examiner's initial sequence number.
const peerISS = tcp.Seq(300)

// newTalk returns a talk of which nothing has been said yet.
func (x *examiner) newTalk() *talk {
	x.ports++
	return &talk{examiner: x, port: x.ports, local: kernelPort, fd: -1, next: peerISS}
}

// say sends a segment of the talk, with a window.
func (k *talk) say(t *testing.T, seg tcp.Segment) {
	t.Helper()
	seg.Src, seg.Dst = netip.AddrPortFrom(ourAddr, k.port), netip.AddrPortFrom(kernelAddr, k.local)
	seg.Window = 5000
	k.send(t, seg)
}

// hears waits for a segment of the talk with these bits, and others perhaps.
func (k *talk) hears(t *testing.T, bits tcp.Flags) tcp.Segment {
	t.Helper()
	return k.await(t, k.port, "a segment with "+bits.String(),
		func(seg *tcp.Segment) bool { return seg.Flags.Has(bits) })
}

// answers returns what the kernel has said, and forgets it.
func (k *talk) answers(t *testing.T) []tcp.Segment {
	t.Helper()
	k.catchUp(t)
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.heard[k.port]
	delete(k.heard, k.port)
	return all
}

// open returns a connection that the examiner has opened and the kernel's listener accepted.
func (x *examiner) open(t *testing.T) *talk {
	t.Helper()
	k := x.unaccepted(t)
	var err error
	k.fd, _, err = unix.Accept4(x.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	require.NoError(t, err)
	x.keep(t, k.fd)
	return k
}

// unaccepted returns a connection that waits in the listener's queue.
func (x *examiner) unaccepted(t *testing.T) *talk {
	t.Helper()
	k := x.newTalk()
	k.say(t, tcp.Segment{Seq: k.next, Flags: tcp.SYN, Options: tcp.Options{MSS: 1460}})
	k.expect = k.hears(t, tcp.SYN|tcp.ACK).Seq + 1
	k.next++
	k.say(t, tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.ACK})
	require.Equal(t, "ESTABLISHED", k.state(t))
	return k
}

// dials has the kernel begin to connect to the examiner, and returns its SYN.
func (x *examiner) dials(t *testing.T) (*talk, tcp.Segment) {
	t.Helper()
	k := x.newTalk()
	k.fd = x.socket(t)
	return k, k.dial(t)
}

// dial has the kernel begin to connect by the talk's socket, and returns its SYN.
func (k *talk) dial(t *testing.T) tcp.Segment {
	t.Helper()
	err := unix.Connect(k.fd, &unix.SockaddrInet4{Addr: ourAddr.As4(), Port: int(k.port)})
	require.ErrorIs(t, err, unix.EINPROGRESS)
	syn := k.hears(t, tcp.SYN)
	k.local, k.expect = syn.Src.Port(), syn.Seq+1
	return syn
}

// close closes the kernel's socket.
func (k *talk) close(t *testing.T) {
	t.Helper()
	require.NoError(t, k.shut(k.fd))
}

// closeWrite has the kernel end its stream.
func (k *talk) closeWrite(t *testing.T) {
	t.Helper()
	require.NoError(t, unix.Shutdown(k.fd, unix.SHUT_WR))
}

// finish sends the examiner's FIN, which acknowledges all that k.expect says.
func (k *talk) finish(t *testing.T) {
	t.Helper()
	k.say(t, tcp.Segment{Seq: k.next, Ack: k.expect, Flags: tcp.FIN | tcp.ACK})
	k.next++
}

// waits returns a connection in TIME-WAIT at the kernel's end.
func (x *examiner) waits(t *testing.T) *talk {
	t.Helper()
	k := x.open(t)
	k.wait(t)
	return k
}

// wait has the kernel close first, and the examiner after it.
func (k *talk) wait(t *testing.T) {
	t.Helper()
	k.close(t)
	k.expect = k.hears(t, tcp.FIN).Seq + 1
	k.finish(t)
	require.Equal(t, "TIME-WAIT", k.state(t))
	k.answers(t) // the ACK of the FIN
}

// state returns the state of the kernel's socket, and "" when there is none.
func (k *talk) state(t *testing.T) string {
	t.Helper()
	fields := k.row(t)
	if fields == nil {
		return ""
	}
	return kernelNames[fields[3]]
}

// timer returns how long the timer of the kernel's socket has yet to run.
func (k *talk) timer(t *testing.T) time.Duration {
	t.Helper()
	fields := k.row(t)
	require.NotNil(t, fields, "the kernel has no socket for this talk any more")
	_, ticks, _ := strings.Cut(fields[5], ":")
	n, err := strconv.ParseInt(ticks, 16, 64)
	require.NoError(t, err)
	return time.Duration(n) * time.Second / 100 // USER_HZ
}

// received returns how many bytes wait in the kernel's socket to be read.
func (k *talk) received(t *testing.T) int {
	t.Helper()
	n, err := unix.IoctlGetInt(k.fd, unix.TIOCINQ)
	require.NoError(t, err)
	return n
}

// row returns the fields of the socket's line in the kernel's table.
func (k *talk) row(t *testing.T) []string {
	t.Helper()
	var table []byte
	var err error
	k.do(func() { table, err = os.ReadFile("/proc/thread-self/net/tcp") })
	require.NoError(t, err)
	a := ourAddr.As4()
	remote := fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(a[:]), k.port)
	for _, line := range strings.Split(string(table), "\n") {
		if fields := strings.Fields(line); len(fields) > 5 && fields[2] == remote {
			return fields
		}
	}
	return nil
}

// setting returns a setting of the kernel's for the namespace, which is as the kernel makes
// it: nobody has changed it here.
func (x *examiner) setting(t *testing.T, name string) string {
	t.Helper()
	var value []byte
	var err error
	x.do(func() { value, err = os.ReadFile("/proc/sys/net/ipv4/" + name) })
	require.NoError(t, err)
	return strings.TrimSpace(string(value))
}

// since skips the test on a kernel that is older than the version in which the claim was seen.
func since(t *testing.T, version string) {
	t.Helper()
	var name unix.Utsname
	require.NoError(t, unix.Uname(&name))
	release := unix.ByteSliceToString(name.Release[:])
	if slices.Compare(numbers(release), numbers(version)) < 0 {
		t.Skipf("the claim is about Linux %s and later; this is %s", version, release)
	}
}

// numbers returns the first three numbers of a version, and zeros for those it lacks.
func numbers(version string) []int {
	n := make([]int, 3)
	fmt.Sscanf(version, "%d.%d.%d", &n[0], &n[1], &n[2]) // fewer will do
	return n
}
