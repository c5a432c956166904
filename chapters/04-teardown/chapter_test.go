package teardown

import (
	"testing"
	"time"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	socket "tcpworkbook/solutions/01-socket"
	handshake "tcpworkbook/solutions/02-handshake"
	transfer "tcpworkbook/solutions/03-transfer"
)

func TestMain(m *testing.M) { guard.Main(m) }

var iss, irs = script.ISS, script.IRS

// givenFigure makes the next number to send and the next one expected those of RFC
// 9293's figures 12 and 13: 100 and 300.
var givenFigure = script.Numbers(99, 299)

// givenEdges are initial sequence numbers close below the two places where careless
// arithmetic breaks.
var givenEdges = []script.Option{
	script.Numbers(script.BelowWrap, script.BelowHalf),
	script.Numbers(script.BelowHalf, script.BelowWrap),
}

// chapters are this chapter, the reference's three before it, and a stand-in for
// the one after it.
var chapters = stack.Chapters{
	Socket:    socket.Chapter{},
	Handshake: handshake.Chapter{},
	Transfer:  transfer.Chapter{},
	Teardown:  Chapter{},
	TimeWait:  givenStays{},
}

// givenStays keeps a socket in TIME-WAIT, so that a test can see it there, and does
// nothing else: the rest is chapter 5.
type givenStays struct{}

func (givenStays) Enter(b *tcp.TCB, now time.Time)               { b.Timers.TimeWait = now.Add(2 * b.Config.MSL) }
func (givenStays) Arrive(*tcp.TCB, *tcp.Segment, time.Time) bool { return false }
func (givenStays) NextISS(_ *tcp.TCB, proposed tcp.Seq) tcp.Seq  { return proposed }
func (givenStays) Hold(*tcp.TCB, tcp.FourTuple, bool) error      { return nil }
func (givenStays) Expire(b *tcp.TCB, _ time.Time)                { b.State = tcp.Closed }

// givenDelayedACKs has an ACK wait for company, and givenACKDelay is how long.
const givenACKDelay = 40 * time.Millisecond

var givenDelayedACKs = script.Configure(func(c *tcp.Config) { c.DelayedACK = givenACKDelay })

// testByEmit is likely where a segment has gone into b.Outbox as it was.
const testByEmit = "each segment leaves by b.Emit, and none is put into b.Outbox as it is. Emit notes that everything is acknowledged, and chooses a number that the peer takes when its window is closed."

// peerWindow sets the window that the peer has announced so far.
func peerWindow(length uint32) script.Option {
	return script.Change(func(b *tcp.TCB) { b.Snd.Wnd, b.Snd.MaxWnd = length, length })
}

// wantFIN expects our FIN, and no more, in a test about what comes after it.
func wantFIN(t *testing.T, s *script.Script, reason string, seq, ack tcp.Seq) {
	t.Helper()
	s.Want(reason, peerSegment(seq, ack, tcp.FIN, ""),
		script.IfSilent("steps 1 and 2 come first: Close, and SendFIN once the queued text is out."))
}

// wantTaken expects one ACK, of the peer's FIN and all before it.
func wantTaken(t *testing.T, s *script.Script, reason string, ack tcp.Seq, hints ...script.Hint) {
	t.Helper()
	want := peerSegment(s.TCB().Snd.Nxt, ack, 0, "")
	state := s.TCB().State.String()
	silence := script.IfSilent("the turn of the peer's FIN has come, and in " + state + " nobody has taken it: advance RCV.NXT over it and emit an ACK.")
	if s.TCB().Rcv.FinDone {
		silence = script.IfSilent("the FIN was taken, and nobody told the peer: whichever segment brings its turn, TakeFIN itself emits the ACK.")
	}
	s.Want(reason, want, append(hints,
		script.IfSent(want, "it was acknowledged already: Emit has sent that ACK, so do not ask for a second one (b.Delayed.Now) after it."),
		script.IfSent(tcp.Segment{Flags: tcp.ACK, Ack: ack - 1}, "everything before the peer's FIN is acknowledged, the FIN is not: its turn has come, and in "+state+" nobody has taken it."),
		silence)...)
}

// peerSegment returns a segment that carries an ACK, with the control bits and text
// given.
func peerSegment(seq, ack tcp.Seq, more tcp.Flags, text string) tcp.Segment {
	seg := tcp.Segment{Flags: tcp.ACK | more, Seq: seq, Ack: ack}
	if text != "" {
		seg.Payload = []byte(text)
	}
	return seg
}
