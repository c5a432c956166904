package oracle

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"runtime"
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

// patience bounds the wait for a segment that the kernel must send. It does so within
// a millisecond.
const patience = 20 * time.Second

// newKernel returns the kernel of this machine, with a network namespace of its own,
// and skips the test where there can be none. The thread is bound to the test for good:
// it ends with it, and the namespace with the thread.
func newKernel(t *testing.T) *kernel {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("the kernel is asked over a TUN device, which needs root: run this test with sudo")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skip("this machine has no /dev/net/tun: load the kernel's tun module and run again")
	}
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skip("this process may not make a network namespace: " + err.Error())
	}
	// What the kernel sends again would be taken for an answer, so its timer has to wait.
	// SYNs have another, which nothing slows down: see inTime.
	const leastTimeOut = "/proc/sys/net/ipv4/tcp_rto_min_us"
	if err := os.WriteFile(leastTimeOut, []byte("10000000"), 0); err != nil {
		t.Skip("this kernel's retransmission timer can't be slowed down, and what it sends again would be taken for an answer: " + err.Error())
	}
	device, err := tun.Open(tun.Config{Addresses: []netip.Prefix{netip.PrefixFrom(subjectAddr, 24)}})
	if cannot(err) {
		t.Skip("no TUN device: " + err.Error())
	}
	require.NoError(t, err, "this machine has TUN devices, and our package tun can't use one")
	k := &kernel{device: device, listener: -1, sockets: make(map[uint16]int), out: make(map[uint16][]tcp.Segment)}
	k.arrived.L = &k.mu
	t.Cleanup(func() {
		k.closeAll()
		device.Close()
	})
	device.Attach(k.receive)
	return k
}

// cannot reports whether an error says that this machine has no TUN devices, or lets
// this process make none. Anything else is the fault of whoever asked.
func cannot(err error) bool {
	return slices.ContainsFunc([]error{unix.EPERM, unix.EACCES, unix.ENODEV, unix.ENXIO, unix.ENOENT},
		func(no error) bool { return errors.Is(err, no) })
}

// kernel is the kernel's TCP. Its sockets are used without Go's network poller: a
// call that cannot be answered at once is never made.
type kernel struct {
	device   *tun.Device
	listener int
	sockets  map[uint16]int
	all      []int
	states   map[uint16]tcp.State
	injected int

	mu      sync.Mutex
	arrived sync.Cond
	out     map[uint16][]tcp.Segment
}

// receive notes what the kernel sends.
func (k *kernel) receive(frames []*link.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range frames {
		var seg tcp.Segment
		if err := tcp.Decode(f.Data, &seg); err == nil && seg.Dst.Addr() == examinerAddr {
			seg.Payload = append([]byte(nil), seg.Payload...)
			port := seg.Dst.Port()
			k.out[port] = append(k.out[port], seg)
		}
		f.Free()
	}
	k.arrived.Broadcast()
}

func (k *kernel) socket() int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(err)
	k.all = append(k.all, fd)
	return fd
}

func (k *kernel) listen() {
	k.listener = k.socket()
	must(unix.Bind(k.listener, &unix.SockaddrInet4{Addr: subjectAddr.As4(), Port: serverPort}))
	must(unix.Listen(k.listener, 4096))
}

func (k *kernel) dial(peer uint16) {
	fd := k.socket()
	err := unix.Connect(fd, &unix.SockaddrInet4{Addr: examinerAddr.As4(), Port: int(peer)})
	if err != unix.EINPROGRESS {
		must(err)
	}
	k.sockets[peer] = fd
}

func (k *kernel) accept() {
	for {
		fd, from, err := unix.Accept4(k.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err == unix.EAGAIN {
			return
		}
		must(err)
		k.all = append(k.all, fd)
		k.sockets[uint16(from.(*unix.SockaddrInet4).Port)] = fd
	}
}

func (k *kernel) write(peer uint16, text []byte) {
	_, err := unix.Write(k.sockets[peer], text)
	must(err)
}

func (k *kernel) closeWrite(peer uint16) { must(unix.Shutdown(k.sockets[peer], unix.SHUT_WR)) }

func (k *kernel) close(peer uint16) {
	fd := k.sockets[peer]
	must(unix.Close(fd))
	delete(k.sockets, peer)
	for i := range k.all {
		if k.all[i] == fd {
			k.all = append(k.all[:i], k.all[i+1:]...)
			break
		}
	}
}

func (k *kernel) closeAll() {
	for _, fd := range k.all {
		unix.Close(fd)
	}
}

// unread is how many segments are injected before what the kernel has sent is waited
// for: the device keeps 500 frames that nobody has read, and drops the next.
const unread = 100

func (k *kernel) inject(seg *tcp.Segment) {
	k.deliver(seg)
	if k.injected++; k.injected%unread == 0 {
		k.catchUp()
	}
}

func (k *kernel) deliver(seg *tcp.Segment) {
	f := link.NewFrame(seg.EncodedLen())
	_, err := tcp.Encode(f.Data, seg)
	must(err)
	k.device.Send([]*link.Frame{f})
	k.device.Deliver()
}

// catchUp waits until all that the kernel has sent so far is noted. It has the kernel
// send one more segment, a RST: the device keeps the order, so that one is noted last.
func (k *kernel) catchUp() {
	before := len(k.sent(markerPort))
	k.deliver(&tcp.Segment{
		Src: netip.AddrPortFrom(examinerAddr, markerPort), Dst: netip.AddrPortFrom(subjectAddr, closedPort),
		Flags: tcp.ACK,
	})
	k.await(markerPort, before+1)
}

func (k *kernel) await(peer uint16, n int) tcp.Segment {
	end := time.Now().Add(patience)
	timer := time.AfterFunc(patience, func() {
		k.mu.Lock() // not between another's look at the time and its Wait
		defer k.mu.Unlock()
		k.arrived.Broadcast()
	})
	defer timer.Stop()
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.out[peer]) < n {
		if !time.Now().Before(end) {
			panic(fmt.Sprintf("the kernel has sent %d segments to port %d, and not %d", len(k.out[peer]), peer, n))
		}
		k.arrived.Wait()
	}
	return k.out[peer][n-1]
}

// settle lets the kernel's delayed-ACK timer expire, for nothing else tells that no ACK
// is being put off, and then waits for what has been sent.
func (k *kernel) settle() {
	time.Sleep(delayedACK)
	k.catchUp()
}

func (k *kernel) now() time.Time { return time.Now() }

func (k *kernel) sent(peer uint16) []tcp.Segment {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out[peer]
}

func (k *kernel) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.out)
}

// kernelStates are the states as the kernel numbers them.
var kernelStates = map[uint64]tcp.State{
	1: tcp.Established, 2: tcp.SynSent, 3: tcp.SynReceived, 4: tcp.FinWait1, 5: tcp.FinWait2,
	6: tcp.TimeWait, 7: tcp.Closed, 8: tcp.CloseWait, 9: tcp.LastAck, 10: tcp.Listen, 11: tcp.Closing,
	12: tcp.SynReceived,
}

// readStates reads the states of all connections from the kernel's table.
func (k *kernel) readStates() {
	k.states = make(map[uint16]tcp.State)
	f, err := os.Open("/proc/thread-self/net/tcp")
	must(err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.Contains(fields[2], ":") {
			continue
		}
		_, remote, _ := strings.Cut(fields[2], ":")
		port, err := strconv.ParseUint(remote, 16, 16)
		must(err)
		state, err := strconv.ParseUint(fields[3], 16, 8)
		must(err)
		if port != 0 {
			k.states[uint16(port)] = kernelStates[state]
		}
	}
}

func (k *kernel) state(peer uint16) tcp.State { return k.states[peer] }

func (k *kernel) seen(peer uint16) string {
	fd, ok := k.sockets[peer]
	if !ok {
		return ""
	}
	total := 0
	buffer := make([]byte, 1<<16)
	for {
		n, err := unix.Read(fd, buffer)
		switch {
		case err == unix.EAGAIN:
			return describeSeen(total, nil)
		case err != nil:
			return describeSeen(total, err)
		case n == 0:
			return describeSeen(total, io.EOF)
		}
		total += n
	}
}

// kernelVersion is the kernel's version without what follows its second number.
func kernelVersion() string {
	var name unix.Utsname
	must(unix.Uname(&name))
	parts := strings.SplitN(unix.ByteSliceToString(name.Release[:]), ".", 3)
	return fmt.Sprintf("Linux %s.%s", parts[0], parts[1])
}
