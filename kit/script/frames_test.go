package script

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// meddling is a handshake that writes where it has no business when a segment comes.
func meddling() stack.Chapters {
	return plain(plainHandshake{synSent: func(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
		b.RTO.Attempts++
	}})
}

func TestABrokenFrameFailsAPassingTest(t *testing.T) {
	text := failure(t, "TestStep3_X", func(t testing.TB) {
		s := New(t, meddling())
		s.Connect()
		s.Want("a SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 5, Ack: ISS + 1})
		s.WantSilence("it is no SYN")
		s.Send(tcp.Segment{Flags: tcp.RST, Seq: 5})
		s.WantSilence("it has no ACK")
	})
	require.NotEmpty(t, text)
	assert.Contains(t, text, "step 3: in SYN-SENT, a segment without SYN, and a RST without ACK, change nothing\n")
	assert.Contains(t, text, "but it has changed b.RTO.Attempts: it was 0, and is 1\n")
	assert.Contains(t, text, "upon Arrive at frames_test.go:26\n")
	assert.Contains(t, text, "<-- <SEQ=5><ACK=101><CTL=ACK>")
	assert.NotContains(t, text, "RST>", "the ladder ends where the frame was broken")
	assert.Contains(t, text, "likely: who does not acknowledge our SYN may be anybody.")
	assert.Contains(t, text, "read:   RFC 9293 §3.10.7.3")
}

// What the test says itself is nearer to the cause.
func TestABrokenFrameKeepsQuietWhenTheTestFails(t *testing.T) {
	text := failure(t, "TestStep3_X", func(t testing.TB) {
		s := New(t, meddling())
		s.Connect()
		s.Want("a SYN", tcp.Segment{Flags: tcp.SYN, Seq: ISS})
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 5, Ack: ISS + 1})
		s.Want("an answer", tcp.Segment{Flags: tcp.RST})
	})
	assert.Contains(t, text, "step 3: an answer")
}

func TestUnwatched(t *testing.T) {
	assert.Empty(t, failure(t, "TestStep3_X", func(t testing.TB) {
		s := New(t, meddling(), Unwatched())
		s.Connect()
		s.Send(tcp.Segment{Flags: tcp.ACK, Seq: 5, Ack: ISS + 1})
		s.Take()
	}))
}
