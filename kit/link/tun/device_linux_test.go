package tun

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tcpworkbook/kit/link"
)

// patience bounds each wait for the kernel. Nothing is expected to take so long.
const patience = 10 * time.Second

// addresses picks networks at random, so that two runs on one machine don't meet:
// of 198.18.0.0/15, which is set aside for such tests (RFC 2544), and of fd00::/8.
func addresses() (v4, v6 netip.Prefix) {
	r := rand.Uint64()
	v4 = netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18 + byte(r&1), byte(r >> 8), byte(r>>16)&^3 | 1}), 30)
	v6 = netip.MustParsePrefix(fmt.Sprintf("fd%02x:%04x:%04x::1/64", byte(r>>24), uint16(r>>32), uint16(r>>48)))
	return v4, v6
}

// open opens a device that is closed at the test's end, or skips the test where
// that is impossible.
func open(t *testing.T, c Config) *Device {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a TUN device needs root: run the tests of this package with sudo")
	}
	if _, err := os.Stat(devicePath); err != nil {
		t.Skip("this machine has no " + devicePath + ": load the kernel's tun module and run again")
	}
	d, err := Open(c)
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

// A peer is a host behind the device that refuses every connection: it answers a
// SYN with a reset.
type peer struct {
	d    *Device
	syns chan layers.TCP
}

func (p *peer) handle(frames []*link.Frame) {
	for _, f := range frames {
		if reset, syn := refuse(f.Data); reset != nil {
			answer := link.NewFrame(len(reset))
			copy(answer.Data, reset)
			p.d.Send([]*link.Frame{answer})
			p.syns <- *syn
		}
		f.Free()
	}
	p.d.Deliver()
}

// refuse returns the reset that answers a SYN, and nil for anything else.
func refuse(raw []byte) ([]byte, *layers.TCP) {
	first := gopacket.Decoder(layers.LayerTypeIPv4)
	if raw[0]>>4 == 6 {
		first = layers.LayerTypeIPv6
	}
	p := gopacket.NewPacket(raw, first, gopacket.Default)
	syn, ok := p.TransportLayer().(*layers.TCP)
	if !ok || !syn.SYN {
		return nil, nil
	}
	reset := &layers.TCP{SrcPort: syn.DstPort, DstPort: syn.SrcPort, RST: true, ACK: true, Ack: syn.Seq + 1}
	var ip gopacket.SerializableLayer
	switch from := p.NetworkLayer().(type) {
	case *layers.IPv4:
		header := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from.DstIP, DstIP: from.SrcIP}
		_ = reset.SetNetworkLayerForChecksum(header)
		ip = header
	case *layers.IPv6:
		header := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: from.DstIP, DstIP: from.SrcIP}
		_ = reset.SetNetworkLayerForChecksum(header)
		ip = header
	}
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buffer, options, ip, reset); err != nil {
		panic(err)
	}
	return buffer.Bytes(), syn
}

func dial(address netip.Addr, port uint16) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", netip.AddrPortFrom(address, port).String())
	if err == nil {
		conn.Close()
	}
	return err
}

// TestKernelDials has the kernel's own TCP connect through the device: its SYN
// must arrive as a frame, and the reset that answers it must reach the program.
func TestKernelDials(t *testing.T) {
	v4, v6 := addresses()
	var mu sync.Mutex
	var seen [2]int
	d := open(t, Config{Addresses: []netip.Prefix{v4, v6}, MTU: 1400, Tap: func(o link.Observation) {
		mu.Lock()
		defer mu.Unlock()
		seen[o.Way]++
	}})
	device, err := net.InterfaceByName(d.Name())
	require.NoError(t, err)
	has, err := device.Addrs()
	require.NoError(t, err)
	for _, a := range []netip.Prefix{v4, v6} {
		assert.Contains(t, fmt.Sprint(has), a.String())
	}

	p := &peer{d: d, syns: make(chan layers.TCP, 10)}
	d.Attach(p.handle)

	for port, address := range map[uint16]netip.Addr{80: v4.Addr().Next(), 443: v6.Addr().Next()} {
		require.ErrorIs(t, dial(address, port), syscall.ECONNREFUSED, "%v", address)
		syn := <-p.syns // refused, so it was there
		assert.EqualValues(t, port, syn.DstPort)
		require.NotEmpty(t, syn.Options)
		mss := int(syn.Options[0].OptionData[0])<<8 | int(syn.Options[0].OptionData[1])
		want := map[bool]int{true: 1400 - 40, false: 1400 - 60}[address.Is4()]
		assert.Equal(t, want, mss, "the kernel knows the MTU")
	}
	c := d.Counters()
	assert.EqualValues(t, 2, c.Sent)
	assert.Zero(t, c.Refused)
	assert.GreaterOrEqual(t, c.Received, uint64(2), "the kernel may have more to say on IPv6")
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, 4, seen[link.AToB], "two frames, sent and arrived")
	assert.GreaterOrEqual(t, seen[link.BToA], 4)
}

func TestFramesBeforeAttachAreKept(t *testing.T) {
	v4, _ := addresses()
	d := open(t, Config{Addresses: []netip.Prefix{v4}})
	conn, err := net.Dial("udp", netip.AddrPortFrom(v4.Addr().Next(), 9).String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Write([]byte("early"))
	require.NoError(t, err)
	got := make(chan string, 100)
	d.Attach(func(frames []*link.Frame) {
		for _, f := range frames {
			if len(f.Data) == 33 {
				got <- string(f.Data[28:])
			}
			f.Free()
		}
	})
	select {
	case text := <-got:
		assert.Equal(t, "early", text)
	case <-time.After(patience):
		t.Fatal("the frame never arrived")
	}
}

func TestWhatTheKernelRefusesIsCounted(t *testing.T) {
	d := open(t, Config{Name: fmt.Sprintf("tunbook%d", rand.IntN(10000)), MTU: 1000})
	assert.Contains(t, d.Name(), "tunbook")
	assert.Equal(t, 1000, d.MTU())
	nonsense, long := link.NewFrame(10), link.NewFrame(1001)
	clear(nonsense.Data)
	clear(long.Data)
	d.Send([]*link.Frame{nonsense, long})
	d.Deliver()
	assert.Equal(t, Counters{Sent: 2, Refused: 1, TooLong: 1}, d.Counters())
}

func TestClose(t *testing.T) {
	v4, _ := addresses()
	d := open(t, Config{Addresses: []netip.Prefix{v4}})
	d.Attach(freeAll)
	_, err := net.InterfaceByName(d.Name())
	require.NoError(t, err)
	d.Send([]*link.Frame{link.NewFrame(40)})
	require.NoError(t, d.Close())
	_, err = net.InterfaceByName(d.Name())
	assert.Error(t, err, "the device is still there")
	select {
	case <-d.done:
	case <-time.After(patience):
		t.Fatal("the reading goroutine is still there")
	}
	assert.NoError(t, d.Close(), "closing again does nothing")
	late := link.NewFrame(40)
	d.Send([]*link.Frame{late})
	d.Deliver()
	assert.Nil(t, late.Data, "frames sent after Close are freed")
}

func TestCloseWithoutAttach(t *testing.T) {
	d := open(t, Config{})
	require.NoError(t, d.Close())
	d.Attach(freeAll)
	assert.False(t, d.reading)
}

func TestNameInUse(t *testing.T) {
	d := open(t, Config{})
	_, err := Open(Config{Name: d.Name()})
	assert.ErrorIs(t, err, unix.EBUSY)
	assert.ErrorContains(t, err, "choose another name")
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for errno, advice := range map[unix.Errno]string{
		unix.ENOENT: "modprobe tun",
		unix.ENXIO:  "modprobe tun",
		unix.EACCES: "run it as root",
		unix.EPERM:  "CAP_NET_ADMIN",
		unix.EBUSY:  "choose another name",
		unix.EEXIST: "choose another",
	} {
		err := explain("make device tun0", errno)
		assert.ErrorIs(t, err, errno)
		assert.ErrorContains(t, err, advice)
		assert.ErrorContains(t, err, "tun: make device tun0: ")
	}
	assert.NoError(t, explain("anything", nil))
}
