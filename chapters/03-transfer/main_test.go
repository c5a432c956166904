package transfer

import (
	"testing"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	socket "tcpworkbook/solutions/01-socket"
	handshake "tcpworkbook/solutions/02-handshake"
)

func TestMain(m *testing.M) { guard.Main(m) }

// chapters are yours for this chapter, and the reference's for those before it.
var chapters = stack.Chapters{Socket: socket.Chapter{}, Handshake: handshake.Chapter{}, Transfer: Chapter{}}

var (
	iss, irs = script.ISS, script.IRS
	rcvNxt   = irs + 1 // RCV.NXT at the beginning of every script
	sndNxt   = iss + 1 // SND.NXT at the beginning of every script
)

const testFullSize = script.MSS

// givenEstablished is a script in the middle of an open connection. Nothing was sent
// yet, and the peer's window is script.Window.
func givenEstablished(t *testing.T, options ...script.Option) *script.Script {
	t.Helper()
	return script.InState(t, chapters, tcp.Established, options...)
}

// givenText makes n bytes of which each tells where it stands, so that bytes at a
// wrong place are seen.
func givenText(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte((i+i/26+i/676)%26)
	}
	return string(b)
}

// peerData is a segment of the peer's with text that begins offset bytes after the
// first of the conversation. It acknowledges nothing new.
func peerData(s *script.Script, offset int, text string) tcp.Segment {
	return tcp.Segment{
		Seq: s.IRS().Add(1 + offset), Ack: s.ISS() + 1, Flags: tcp.ACK, Payload: []byte(text),
	}
}

// peerACK is a segment of the peer's that acknowledges the first n bytes sent to it.
func peerACK(s *script.Script, n int) tcp.Segment {
	return tcp.Segment{Seq: s.IRS() + 1, Ack: s.ISS().Add(1 + n), Flags: tcp.ACK}
}

// givenEachCrossing runs a test for numbers, yours and the peer's, that are so close before 2^31
// or 2^32 that a conversation of a few bytes crosses it, once at each of them.
func givenEachCrossing(t *testing.T, test func(s *script.Script), options ...script.Option) {
	t.Helper()
	for _, wrap := range []tcp.Seq{1 << 31, 0} {
		for before := range 14 {
			number := wrap.Add(-before - 1)
			test(givenEstablished(t, append([]script.Option{script.Numbers(number, number)}, options...)...))
		}
	}
}

// givenNumbersThatWrap runs a test with numbers that cross 2^31 and 2^32 in both directions.
func givenNumbersThatWrap(t *testing.T, test func(t *testing.T, s *script.Script), options ...script.Option) {
	t.Helper()
	for name, numbers := range map[string]script.Option{
		"below 2^31": script.Numbers(script.BelowHalf, script.BelowHalf),
		"below 2^32": script.Numbers(script.BelowWrap, script.BelowWrap),
	} {
		t.Run(name, func(t *testing.T) { test(t, givenEstablished(t, append([]script.Option{numbers}, options...)...)) })
	}
}
