package solutions_test

import (
	"fmt"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/world"
	"tcpworkbook/solutions"
)

// Hostile and broken input, row by row. What never becomes a segment (bad
// checksums, impossible headers) is in the tests of kit/tcp and, with the
// counters, of the socket library.

func TestBlindReset(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	for i := range 5 {
		s.Send(tcp.Segment{Seq: rcvNxt.Add(1 + i), Flags: tcp.RST})
	}
	s.Want("one challenge for all five", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK})
	for i := range 5 {
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1 - i), Flags: tcp.RST})
	}
	s.WantSilence("outside the window")
	s.WantState(tcp.Established)
}

func TestBlindSYN(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	for i := range 5 {
		s.Send(tcp.Segment{Seq: rcvNxt.Add(i), Flags: tcp.SYN})
	}
	s.Want("one challenge for all five", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK})
	s.WantState(tcp.Established)
}

func TestChallengesComeAgainLater(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	challenge := tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}
	s.Send(tcp.Segment{Seq: rcvNxt, Flags: tcp.SYN})
	s.Want("the first", challenge)
	s.Elapse(time.Minute)
	s.Send(tcp.Segment{Seq: rcvNxt, Flags: tcp.SYN})
	s.Want("an honest peer gets another chance", challenge)
}

func TestDataIsAlwaysAnswered(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	for range 5 {
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-5), Ack: sndNxt, Flags: tcp.ACK, Payload: []byte("again")})
		s.Want("old text: our ACK was lost", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK})
	}
}

func TestOldACKStorm(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	for range 5 {
		s.Send(tcp.Segment{Seq: rcvNxt.Add(-1), Ack: sndNxt, Flags: tcp.ACK})
	}
	assert.LessOrEqual(t, len(s.Take()), 1)
	s.WantState(tcp.Established)
}

func TestFINAcrossAHole(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	fin := tcp.Segment{Seq: rcvNxt.Add(5), Ack: sndNxt, Flags: tcp.FIN | tcp.ACK, Payload: []byte("world")}
	s.Send(fin)
	s.Want("a hole", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK})
	s.Send(fin)
	s.Want("still a hole", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK})
	s.WantState(tcp.Established)
	s.Send(tcp.Segment{Seq: rcvNxt, Ack: sndNxt, Flags: tcp.ACK, Payload: []byte("hello")})
	s.Want("one ACK over text and FIN", tcp.Segment{Seq: sndNxt, Ack: rcvNxt.Add(11), Flags: tcp.ACK})
	s.WantState(tcp.CloseWait)
	s.WantRead("the text", "helloworld")
	s.WantEOF("then the end")
}

func TestUnreadDataAtClose(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	s.Send(tcp.Segment{Seq: rcvNxt, Ack: sndNxt, Flags: tcp.ACK, Payload: []byte("x")})
	s.WantACK("received", rcvNxt.Add(1))
	s.Close()
	s.Want("thrown away: the peer must know", tcp.Segment{Seq: sndNxt, Flags: tcp.RST})
	s.WantDeleted("at once")
}

func TestDataAfterAFullClose(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.Established)
	s.Close()
	s.Want("the FIN", tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.FIN | tcp.ACK})
	s.Send(tcp.Segment{Seq: rcvNxt, Ack: sndNxt.Add(1), Flags: tcp.ACK})
	s.WantState(tcp.FinWait2)
	s.Send(tcp.Segment{Seq: rcvNxt, Ack: sndNxt.Add(1), Flags: tcp.ACK, Payload: []byte("x")})
	s.Want("nobody will read it", tcp.Segment{Seq: sndNxt.Add(1), Flags: tcp.RST})
	s.WantDeleted("at once")
}

func TestCloseInSynSent(t *testing.T) {
	s := script.New(t, solutions.Chapters())
	s.Connect()
	s.Want("the SYN", tcp.Segment{Seq: 100, Flags: tcp.SYN})
	s.Close()
	s.WantDeleted("nothing to tell anybody")
	s.WantSilence("nothing is sent")
	s.Send(tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK})
	s.Want("a late answer finds nobody", tcp.Segment{Seq: 101, Flags: tcp.RST})
}

func TestTinyMSS(t *testing.T) {
	for _, mss := range []uint16{0, 1} {
		t.Run(fmt.Sprint(mss), func(t *testing.T) {
			s := script.New(t, solutions.Chapters())
			s.Listen()
			s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN, Options: tcp.Options{MSS: mss}})
			s.Want("accepted", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
			assert.GreaterOrEqual(t, s.TCB().Snd.MSS, 48, "a floor keeps headers from being all the traffic")
		})
	}
}

// A SYN whose options cannot be parsed is answered all the same.
func TestBrokenOptionsOnASYN(t *testing.T) {
	for name, options := range map[string][]byte{
		"length 0":   {2, 0, 5, 180},
		"length 1":   {3, 1, 7, 0},
		"overrun":    {1, 1, 8, 10},
		"at the end": {1, 1, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			packet := synWithOptions(options)
			var seg tcp.Segment
			require.NoError(t, tcp.Decode(packet, &seg))
			s := script.New(t, solutions.Chapters())
			s.Listen()
			s.Send(seg)
			s.Want("accepted", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
			assert.Equal(t, 536, s.TCB().Snd.MSS, "an option that cannot be read is not there")
		})
	}
}

// synWithOptions makes an IPv4 packet with a SYN whose four bytes of options
// are as given.
func synWithOptions(options []byte) []byte {
	syn := tcp.Segment{
		Src: at(script.Peer, script.ClientPort), Dst: at(script.You, script.ServerPort),
		Seq: 300, Flags: tcp.SYN, Options: tcp.Options{MSS: 1460},
	}
	packet := make([]byte, syn.EncodedLen())
	if _, err := tcp.Encode(packet, &syn); err != nil {
		panic(err)
	}
	const ip, header = 20, 20
	before := packet[ip+header : ip+header+4]
	checksum := packet[ip+16 : ip+18]
	sum := uint32(^(uint16(checksum[0])<<8 | uint16(checksum[1])))
	for i := 0; i < 4; i += 2 { // RFC 1624: take the old words out, put the new ones in
		sum += uint32(^(uint16(before[i])<<8 | uint16(before[i+1])))
		sum += uint32(options[i])<<8 | uint32(options[i+1])
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	checksum[0], checksum[1] = byte(^sum>>8), byte(^sum)
	copy(before, options)
	return packet
}

// A flood of SYNs takes a bounded amount of memory, harms no connection, and does
// not keep an honest client out.
func TestSYNFlood(t *testing.T) {
	const backlog, flood = 128, 10_000
	s := simulate(t, link.Config{}, nil)
	local := at(s.server.Addr, 80)
	l, err := s.server.Listen(local, backlog)
	require.NoError(t, err)
	dial := func() *tcp.TCB {
		client, err := s.client.Connect(at(s.client.Addr, 0), local)
		require.NoError(t, err)
		return client
	}
	before := dial()
	s.run(func() bool { return before.State == tcp.Established && len(l.Listener.Ready) == 1 })
	accepted := s.server.Accept(l)

	for i := range flood {
		from := netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)})
		s.server.Arrive(tcp.Segment{Src: at(from, 1000), Dst: local, Seq: tcp.Seq(i), Flags: tcp.SYN, Window: 1000})
		require.LessOrEqual(t, s.server.Len(), backlog+2)
	}
	assert.Len(t, l.Listener.Half, backlog)

	after := dial()
	s.run(func() bool { return after.State == tcp.Established && len(l.Listener.Ready) == 1 })
	_, err = s.client.Write(before, []byte("unharmed"))
	require.NoError(t, err)
	s.run(func() bool { return accepted.Rcv.Queue.Len() == 8 })

	s.RunFor(10 * time.Minute)
	assert.Empty(t, l.Listener.Half, "what never completes is given up")
}

// Connections nobody accepts do not pile up beyond the backlog either.
func TestFullAcceptQueue(t *testing.T) {
	s := simulate(t, link.Config{}, nil)
	local := at(s.server.Addr, 80)
	l, err := s.server.Listen(local, 4)
	require.NoError(t, err)
	var clients []*tcp.TCB
	for range 20 {
		c, err := s.client.Connect(at(s.client.Addr, 0), local)
		require.NoError(t, err)
		clients = append(clients, c)
		s.RunFor(time.Millisecond)
	}
	assert.LessOrEqual(t, len(l.Listener.Ready), 4)
	accepted := 0
	s.run(func() bool { // who waits gets in when there is room, by a repeated SYN
		for s.server.Accept(l) != nil {
			accepted++
		}
		return accepted == len(clients)
	})
}

// Sequence numbers that wrap in the middle of a transfer lose nothing.
func TestSequenceWrap(t *testing.T) {
	for _, iss := range []tcp.Seq{1<<32 - 3_000_000, 1<<31 - 3_000_000, 1<<32 - 1, 1<<32 - 2} {
		t.Run(fmt.Sprint(uint32(iss)), func(t *testing.T) {
			w := link.Weather{Loss: 0.02, Delay: time.Millisecond}
			chapters := solutions.Chapters()
			chapters.Handshake = fixedISN{chapters.Handshake, iss}
			config := tcp.DefaultConfig()
			patient(&config)
			host := world.Setup{Chapters: chapters, Settings: config}
			s := simulateWith(t, world.Config{A: host, B: host, Link: link.Config{AToB: w, BToA: w, Seed: 1}})
			exchange(t, s, 8<<20)
		})
	}
}

// fixedISN chooses every initial sequence number the same.
type fixedISN struct {
	stack.Handshake
	iss tcp.Seq
}

func (f fixedISN) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return f.iss }

// What it costs to ignore resets in TIME-WAIT: a host that has lost its memory comes
// back from the same port, and the clock of its timestamps begins anew. Where it looks
// older than before the SYN is not let in, and the reset with which the host answers the
// ACK of the old conversation changes nothing.
func TestAHostThatComesBackWithinTimeWait(t *testing.T) {
	const lives = 16
	dial := func(life byte, obey bool) (took time.Duration, err error) {
		s := simulate(t, link.Config{}, func(c *tcp.Config) { c.ObeyResetInTimeWait = obey })
		client, server := s.connect()
		ends := client.Tuple()
		s.server.Close(server)
		s.run(func() bool { return client.State == tcp.CloseWait })
		s.client.Close(client)
		s.run(func() bool { return server.State == tcp.TimeWait })

		config := tcp.DefaultConfig()
		config.Secret[0] = life
		s.client.Restart(world.Setup{Chapters: solutions.Chapters(), Settings: config})
		began := s.Now()
		b, err := s.client.Connect(ends.Local, ends.Remote)
		require.NoError(t, err)
		s.run(func() bool { return b.State != tcp.SynSent })
		return s.Now().Sub(began), b.Err
	}
	failed := 0
	for life := range byte(lives) {
		if took, err := dial(1+life, false); err != nil {
			assert.ErrorIs(t, err, syscall.ETIMEDOUT)
			assert.Greater(t, took, 3*time.Minute)
			failed++
		}
		took, err := dial(1+life, true)
		assert.NoError(t, err, "a setting lets the reset end the wait")
		assert.Less(t, took, 2*time.Second)
	}
	t.Logf("%d of %d came to nothing", failed, lives)
	assert.NotZero(t, failed)
	assert.Less(t, failed, lives)
}
