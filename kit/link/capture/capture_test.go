package capture

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
)

// packet makes a valid TCP segment from end A (10.0.0.1 or fd00::1) to B, or back.
func packet(t *testing.T, way link.Way, v6 bool, tcp layers.TCP, text string) []byte {
	t.Helper()
	source, target := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	if v6 {
		source, target = netip.MustParseAddr("fd00::1"), netip.MustParseAddr("fd00::2")
	}
	tcp.SrcPort, tcp.DstPort = 49152, 80
	if way == link.BToA {
		source, target = target, source
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
	}
	tcp.Window = 65535
	var header gopacket.SerializableLayer
	var checksummed gopacket.NetworkLayer
	if v6 {
		ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: source.AsSlice(), DstIP: target.AsSlice()}
		header, checksummed = ip, ip
	} else {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: source.AsSlice(), DstIP: target.AsSlice()}
		header, checksummed = ip, ip
	}
	require.NoError(t, tcp.SetNetworkLayerForChecksum(checksummed))
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	require.NoError(t, gopacket.SerializeLayers(buffer, options, header, &tcp, gopacket.Payload(text)))
	return buffer.Bytes()
}

// converse sends a short conversation over l, one frame at a time.
func converse(t *testing.T, l *link.Loopback, v6 bool) {
	t.Helper()
	discard := func(frames []*link.Frame) {
		for _, f := range frames {
			f.Free()
		}
	}
	l.A().Attach(discard)
	l.B().Attach(discard)
	mss := []layers.TCPOption{{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{5, 180}}}
	for _, s := range []struct {
		way  link.Way
		tcp  layers.TCP
		text string
	}{
		{link.AToB, layers.TCP{Seq: 100, SYN: true, Options: mss}, ""},
		{link.BToA, layers.TCP{Seq: 300, SYN: true, ACK: true, Ack: 101, Options: mss}, ""},
		{link.AToB, layers.TCP{Seq: 101, ACK: true, Ack: 301}, ""},
		{link.AToB, layers.TCP{Seq: 101, ACK: true, PSH: true, Ack: 301}, "GET / HTTP/1.0\r\n\r\n"},
		{link.BToA, layers.TCP{Seq: 301, ACK: true, PSH: true, FIN: true, Ack: 119}, "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nhi\n"},
		{link.AToB, layers.TCP{Seq: 119, ACK: true, FIN: true, Ack: 343}, ""},
		{link.BToA, layers.TCP{Seq: 343, ACK: true, Ack: 120}, ""},
	} {
		e := l.A()
		if s.way == link.BToA {
			e = l.B()
		}
		raw := packet(t, s.way, v6, s.tcp, s.text)
		f := link.NewFrame(len(raw))
		copy(f.Data, raw)
		e.Send([]*link.Frame{f})
		e.Deliver()
	}
}

// capture runs a conversation through weather and returns the file.
func capture(t *testing.T, v6 bool, aToB link.Weather) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file)
	require.NoError(t, err)
	l, err := link.New(link.Config{AToB: aToB, Tap: w.Tap})
	require.NoError(t, err)
	converse(t, l, v6)
	require.NoError(t, l.Close())
	require.NoError(t, w.Close())
	return file.Bytes()
}

func TestEachFrameIsRecordedOnceAsSent(t *testing.T) {
	before := time.Now()
	everything := link.Weather{Drop: link.DropNth(1, nil), Corrupt: 1, Duplicate: 1}
	r, err := pcapgo.NewNgReader(bytes.NewReader(capture(t, false, everything)), pcapgo.DefaultNgReaderOptions)
	require.NoError(t, err)
	var ends []int
	last := before
	for {
		raw, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		ends = append(ends, info.InterfaceIndex)
		assert.False(t, info.Timestamp.Before(last.Truncate(0)), "times go on, to the nanosecond")
		last = info.Timestamp
		p := gopacket.NewPacket(raw, layers.LayerTypeIPv4, gopacket.Default)
		require.Nil(t, p.ErrorLayer())
		require.NoError(t, p.TransportLayer().(*layers.TCP).SetNetworkLayerForChecksum(p.NetworkLayer()))
		failed, mismatches := p.VerifyChecksums()
		assert.NoError(t, failed)
		assert.Empty(t, mismatches, "as sent, not as it arrived")
	}
	assert.Equal(t, []int{0, 1, 0, 0, 1, 0, 1}, ends)
	assert.Equal(t, 2, r.NInterfaces())
	assert.WithinDuration(t, time.Now(), last, time.Minute)
}

// tshark reads a capture with every checksum verified and returns the fields asked
// for, one line a frame.
func tshark(t *testing.T, file []byte, filter string, fields ...string) []string {
	t.Helper()
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed, so nobody but us has read the capture; install it (Debian: apt-get install tshark) and run again")
	}
	name := filepath.Join(t.TempDir(), "capture.pcapng")
	require.NoError(t, os.WriteFile(name, file, 0o644))
	args := []string{"-n", "-r", name, "-Y", filter, "-T", "fields",
		"-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	command := exec.Command(program, args...)
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	require.NoError(t, command.Run(), "%s", complaints.String())
	for _, line := range strings.Split(complaints.String(), "\n") {
		if line != "" && !strings.Contains(line, "Running as user") {
			t.Errorf("tshark complains: %s", line)
		}
	}
	if out.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
}

func TestTsharkReadsIt(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		file := capture(t, v6, link.Weather{})
		want := []string{ // the last but one: 1 is a good checksum
			"A\t0x0002\t0\t1\t", "B\t0x0012\t0\t1\t", "A\t0x0010\t0\t1\t", "A\t0x0018\t18\t1\tGET",
			"B\t0x0019\t41\t1\t", "A\t0x0011\t0\t1\t", "B\t0x0010\t0\t1\t",
		}
		got := tshark(t, file, "tcp", "frame.interface_name", "tcp.flags", "tcp.len", "tcp.checksum.status", "http.request.method")
		assert.Empty(t, cmp.Diff(want, got))
		const warning = "_ws.malformed || _ws.expert.severity >= 6291456 || ip.checksum.status == 0"
		assert.Empty(t, tshark(t, file, warning, "frame.number", "_ws.expert.message"))
	}
}

func TestTsharkShowsWhatBecameOfAFrame(t *testing.T) {
	file := capture(t, false, link.Weather{Drop: link.DropNth(2, nil), Duplicate: 1})
	want := []string{"1\tarrives twice", "3\tdropped on purpose", "4\tarrives twice", "6\tarrives twice"}
	assert.Equal(t, want, tshark(t, file, "frame.comment", "frame.number", "frame.comment"))
}

func TestComments(t *testing.T) {
	for text, o := range map[string]link.Observation{
		"":                   {},
		"lost on the way":    {Fate: link.Lost, Corrupted: true},
		"dropped on purpose": {Fate: link.Dropped},
		"dropped: the queue for the line was full":                       {Fate: link.Overflowed},
		"a bit is flipped on the way, held up on the way, arrives twice": {Corrupted: true, Held: true, Duplicate: true},
	} {
		assert.Equal(t, text, comment(&o))
	}
}

// full is a disk on which only some bytes fit.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	if f.room -= n; n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriteErrorsAreReported(t *testing.T) {
	w, err := NewWriter(&full{10})
	require.NoError(t, err, "nothing has been written out yet")
	assert.ErrorIs(t, w.Close(), errFull)
	assert.ErrorIs(t, w.Close(), errFull, "and again")

	w, err = NewWriter(&full{5000})
	require.NoError(t, err)
	for range 10 {
		w.Tap(link.Observation{Frame: make([]byte, 1500), Sent: time.Now()})
	}
	assert.ErrorIs(t, w.Err(), errFull, "while it goes on")
	assert.ErrorIs(t, w.Close(), errFull)
}

func TestCloseEndsTheRecording(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	size := file.Len()
	w.Tap(link.Observation{Frame: make([]byte, 100000), Sent: time.Now()})
	assert.NoError(t, w.Close())
	assert.Equal(t, size, file.Len())
}

func TestTooLongFramesAreLeftOut(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	require.NoError(t, err)
	w.Tap(link.Observation{Frame: make([]byte, 2000), Sent: time.Now(), Fate: link.TooLong})
	require.NoError(t, w.Close())
	r, err := pcapgo.NewNgReader(&file, pcapgo.DefaultNgReaderOptions)
	require.NoError(t, err)
	_, _, err = r.ReadPacketData()
	assert.ErrorIs(t, err, io.EOF)
}
