package script

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

func TestThePeerEchoesTheFirstSending(t *testing.T) {
	p := stamper{on: true}
	for i, seq := range []tcp.Seq{1<<32 - 2, 3, 1<<32 - 2} {
		seg := tcp.Segment{Seq: seq, Payload: []byte("hello")}
		seg.Options.TSval = uint32(10 + i)
		p.hear(&seg)
	}
	p.hear(&tcp.Segment{Seq: 8})
	for ack, want := range map[tcp.Seq]uint32{1<<32 - 2: 0, 1<<32 - 1: 10, 3: 10, 4: 11, 8: 11, 9: 0} {
		require.Equal(t, want, p.echo(ack), "ACK=%d", ack)
	}
}

func TestWhatIsStamped(t *testing.T) {
	s := &Script{now: start.Add(2 * time.Second)}
	p := stamper{on: true}
	stamped := func(seg tcp.Segment) tcp.Options {
		p.put(s, &seg)
		return seg.Options
	}
	require.Equal(t, tcp.Options{HasTimestamps: true, TSval: 3000}, stamped(tcp.Segment{Flags: tcp.ACK}))
	for _, flags := range []tcp.Flags{tcp.SYN, tcp.SYN | tcp.ACK, tcp.RST, tcp.RST | tcp.ACK} {
		require.Empty(t, stamped(tcp.Segment{Flags: flags}), flags)
	}
	named := tcp.Options{HasTimestamps: true, TSval: 7, TSecr: 8}
	require.Equal(t, named, stamped(tcp.Segment{Flags: tcp.ACK, Options: named}), "the script names them")
	p.on = false
	require.Empty(t, stamped(tcp.Segment{Flags: tcp.ACK}), "not agreed")
}
