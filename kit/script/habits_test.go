package script

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// listening is a chapter 3 that notes what the peer sends, and keeps the payloads.
type listening struct {
	talkative
	flags *[]tcp.Flags
	kept  *[][]byte
}

func (l listening) Receive(_ *tcp.TCB, seg *tcp.Segment, _ time.Time) {
	*l.flags = append(*l.flags, seg.Flags)
	*l.kept = append(*l.kept, seg.Payload)
}

// peerSends sends the segments with these control bits, and the same with text, in a test
// of that name, and returns what arrived.
func peerSends(t *testing.T, name string, flags []tcp.Flags, options ...Option) (got []tcp.Flags, kept [][]byte) {
	t.Helper()
	c := talking()
	c.Transfer = listening{flags: &got, kept: &kept}
	says := failure(t, name, func(t testing.TB) {
		s := InState(t, c, tcp.Established, append(options, Unwatched())...)
		for _, f := range flags {
			s.Send(tcp.Segment{Seq: IRS + 1, Ack: ISS + 1, Flags: f})
			s.Send(tcp.Segment{Seq: IRS + 1, Ack: ISS + 1, Flags: f, Payload: []byte("text")})
		}
	})
	require.Empty(t, says)
	return got, kept
}

func TestThePeerHasTheBitsOfARealOne(t *testing.T) {
	root := t.TempDir()
	dir := root + "/chapters/03-transfer"
	require.NoError(t, mkdir(dir))
	source := "package transfer\nfunc TestStep1_First(t *testing.T) {}\nfunc TestStep1_Second(t *testing.T) {}\n"
	require.NoError(t, os.WriteFile(dir+"/step1_test.go", []byte(source), 0o666))
	t.Chdir(dir)

	acks := []tcp.Flags{tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK}
	plain := []tcp.Flags{tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK, tcp.ACK}
	first, _ := peerSends(t, "TestStep1_First/sub", acks)
	assert.Equal(t, plain, first, "the ladder of a step's first test is read first")

	second, _ := peerSends(t, "TestStep1_Second", acks)
	var empty, text tcp.Flags
	for i, f := range second {
		if i%2 == 0 {
			assert.False(t, f.Has(tcp.PSH), "nothing to push")
			empty |= f
			continue
		}
		assert.True(t, f.Has(tcp.PSH), "text is pushed")
		text |= f
	}
	assert.Equal(t, tcp.ACK|tcp.ECE|tcp.CWR|tcp.URG|reserved, empty, "each by turns")
	assert.False(t, text.Has(tcp.URG), "no text is urgent")

	again, _ := peerSends(t, "TestStep1_Second", acks)
	assert.Equal(t, second, again, "a failure repeats")
	other, _ := peerSends(t, "TestStep1_Second/b", acks)
	assert.NotEqual(t, second, other, "the name decides")

	exact, _ := peerSends(t, "TestStep1_Second", acks, AsWritten())
	assert.Equal(t, plain, exact)
}

func TestThePeersSYNsSpeakOfECN(t *testing.T) {
	for flags, want := range map[tcp.Flags]tcp.Flags{
		tcp.SYN:           tcp.SYN | tcp.ECE | tcp.CWR,
		tcp.SYN | tcp.ACK: tcp.SYN | tcp.ACK | tcp.ECE,
		tcp.RST | tcp.ACK: tcp.RST | tcp.ACK,
	} {
		h, seg := habitsOf("TestStep1_Second"), tcp.Segment{Flags: flags}
		h.put(&seg)
		assert.Equal(t, want, seg.Flags)
	}
}

// overlooking returns what a test says in which a segment with such bits has no answer.
func overlooking(t *testing.T) string {
	t.Helper()
	c := talking()
	return failure(t, "TestStep1_Any", func(t testing.TB) {
		s := InState(t, c, tcp.Established)
		s.habits = habitsOf("TestStep1_Any")
		s.Send(tcp.Segment{Seq: IRS + 1, Ack: ISS + 1, Flags: tcp.ACK | tcp.FIN})
		s.Want("an answer", tcp.Segment{Flags: tcp.ACK, Seq: ISS + 1, Ack: IRS + 2}, IfSilent("a FIN gets an ACK."))
	})
}

func TestBitsOverlookedAreNamed(t *testing.T) {
	plainFailed.Clear() // other tests have steps of that number, too
	says := overlooking(t)
	assert.Contains(t, says, "a FIN gets an ACK. (If nothing else helps")
	assert.Contains(t, says, "PSH")
	assert.Contains(t, says, "seg.Flags.Has")

	notePlain("TestStep1_First", true)
	t.Cleanup(func() { plainFailed.Clear() })
	assert.NotContains(t, overlooking(t), "nothing else helps", "without any such bit the step fails, too")
	notePlain("TestStep1_First", false)
	assert.Contains(t, overlooking(t), "nothing else helps")
}

// answering is a chapter 3 that acknowledges whatever comes.
type answering struct{ talkative }

func (answering) Receive(b *tcp.TCB, _ *tcp.Segment, _ time.Time) {
	b.Emit(tcp.Segment{Flags: tcp.ACK, Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt})
}

// Who has answered a segment has not overlooked it.
func TestBitsThatWereReadAreNotNamed(t *testing.T) {
	c := talking()
	c.Transfer = answering{}
	says := failure(t, "TestStep1_Any", func(t testing.TB) {
		s := InState(t, c, tcp.Established)
		s.habits = habitsOf("TestStep1_Any")
		s.Send(tcp.Segment{Seq: IRS + 1, Ack: ISS + 1, Flags: tcp.ACK | tcp.FIN})
		s.WantState(tcp.CloseWait)
	})
	assert.Contains(t, says, "want CLOSE-WAIT")
	assert.NotContains(t, says, "nothing else helps")
}

func TestWhoKeepsAPayloadIsFoundOut(t *testing.T) {
	_, kept := peerSends(t, "TestStep1_Any", []tcp.Flags{tcp.ACK})
	assert.Equal(t, "????", string(kept[1]))
}
