package stack

import (
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// An ear notes what a stack has to say.
type ear struct {
	segments []tcp.Segment
	events   []Event
}

// heard makes a stack that an ear listens to.
func heard(chapters Chapters, config tcp.Config) (*Stack, *ear) {
	e := &ear{}
	return New(chapters, config, Callbacks{
		Send:    func(seg *tcp.Segment) { e.segments = append(e.segments, *seg) },
		Changed: func(event Event) { e.events = append(e.events, event) },
	}), e
}

// What the stack itself does is tried with chapters of a few lines, that note how
// they are called. What the reference chapters do on it is tried beside them.

var (
	here  = netip.MustParseAddrPort("10.0.0.1:80")
	there = netip.MustParseAddrPort("10.0.0.2:50000")
)

// oneSocket is a chapter 1 that knows one socket, and names no port by itself.
type oneSocket struct{ absentSocket }

func (oneSocket) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, _ uint16) error {
	b.Local = local
	return nil
}

func (oneSocket) Attach(t *tcp.Table, b *tcp.TCB) error {
	if t.Connections[b.Tuple()] != nil {
		return syscall.EADDRNOTAVAIL
	}
	t.Connections[b.Tuple()] = b
	t.Ports[b.Local.Port()] = map[*tcp.TCB]struct{}{b: {}}
	return nil
}

func (oneSocket) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	return t.Connections[tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}]
}

func (oneSocket) Delete(t *tcp.Table, b *tcp.TCB) {
	delete(t.Connections, b.Tuple())
	delete(t.Ports, b.Local.Port())
}

// recorded notes in which order the later chapters are asked.
type recorded struct {
	absentTransfer
	absentTeardown
	calls      *[]string
	acceptable bool
	counts     bool // what Acknowledge answers
	fails      error
}

func (r recorded) note(call string) { *r.calls = append(*r.calls, call) }

type recordedTransfer struct{ recorded }

func (r recordedTransfer) Acceptable(*tcp.TCB, *tcp.Segment, time.Time) bool {
	r.note("Acceptable")
	return r.acceptable
}

func (r recordedTransfer) Acknowledge(*tcp.TCB, *tcp.Segment, time.Time) bool {
	r.note("Acknowledge")
	return r.counts
}
func (r recordedTransfer) Receive(*tcp.TCB, *tcp.Segment, time.Time) { r.note("Receive") }
func (r recordedTransfer) Output(*tcp.TCB, time.Time)                { r.note("Output") }
func (r recordedTransfer) Window(*tcp.TCB) uint16                    { return 4711 }
func (r recordedTransfer) Timeout(_ *tcp.TCB, timer tcp.Timer, _ time.Time) error {
	r.note(map[tcp.Timer]string{
		tcp.RetransmitTimer: "retransmit", tcp.ProbeTimer: "probe", tcp.DelayedACKTimer: "delayed ACK",
	}[timer])
	return r.fails
}

type recordedTeardown struct{ recorded }

func (r recordedTeardown) SendFIN(*tcp.TCB, time.Time)              { r.note("SendFIN") }
func (r recordedTeardown) Reset(*tcp.TCB, *tcp.Segment, time.Time)  { r.note("Reset") }
func (r recordedTeardown) Arrive(*tcp.TCB, *tcp.Segment, time.Time) { r.note("Arrive") }
func (r recordedTeardown) Abort(*tcp.TCB, time.Time)                { r.note("Abort") }
func (r recordedTeardown) Close(b *tcp.TCB, _ time.Time)            { r.note("Close"); b.CloseCalled = true }

// recording makes a stack with one socket in the given state.
func recording(t *testing.T, state tcp.State, r recorded) (*Stack, *tcp.TCB, *[]string) {
	t.Helper()
	r.calls = new([]string)
	s := New(Chapters{Socket: oneSocket{}, Transfer: recordedTransfer{r}, Teardown: recordedTeardown{r}}, tcp.DefaultConfig(), Callbacks{})
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, state
	require.NoError(t, s.Adopt(b))
	return s, b, r.calls
}

func from(flags tcp.Flags) []tcp.Segment {
	return []tcp.Segment{{Src: there, Dst: here, Flags: flags}}
}

func TestOrderOfChecks(t *testing.T) {
	for _, c := range []struct {
		name  string
		r     recorded
		flags tcp.Flags
		want  []string
	}{
		{"not acceptable", recorded{}, tcp.ACK, []string{"Acceptable", "Output"}},
		{"RST", recorded{acceptable: true}, tcp.RST, []string{"Acceptable", "Reset", "Output"}},
		{"SYN", recorded{acceptable: true}, tcp.SYN | tcp.ACK, []string{"Acceptable", "Reset", "Output"}},
		{"wrong ACK", recorded{acceptable: true}, tcp.ACK, []string{"Acceptable", "Acknowledge", "Output"}},
		{"good", recorded{acceptable: true, counts: true}, tcp.ACK, []string{"Acceptable", "Acknowledge", "Receive", "Arrive", "Output"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, calls := recording(t, tcp.Established, c.r)
			s.Arrive(from(c.flags), start)
			assert.Equal(t, c.want, *calls)
		})
	}
}

func TestFINIsAskedFor(t *testing.T) {
	s, b, calls := recording(t, tcp.Established, recorded{})
	s.CloseWrite(b, start)
	assert.Equal(t, []string{"Close", "Output", "SendFIN"}, *calls)

	*calls = nil
	b.Snd.FinSent, b.Snd.Fin = true, 7
	s.Arrive(from(tcp.ACK), start)
	assert.NotContains(t, *calls, "SendFIN", "once is enough")

	*calls = nil
	b.Snd.Resending, b.Snd.Resend = true, 7
	s.Arrive(from(tcp.ACK), start)
	assert.Contains(t, *calls, "SendFIN", "it is to be sent again")
}

func TestTimersReachTheirChapter(t *testing.T) {
	s, b, calls := recording(t, tcp.Established, recorded{})
	b.Timers = tcp.Timers{
		Retransmit: start.Add(3), Probe: start.Add(2), DelayedACK: start.Add(1),
	}
	s.sockets.schedule(b)
	due, ok := s.Deadline()
	require.True(t, ok)
	assert.Equal(t, start.Add(1), due)

	s.Timeout(start)
	assert.Empty(t, *calls, "nothing is due yet")
	for i, want := range []string{"delayed ACK", "probe", "retransmit"} {
		*calls = nil
		s.Timeout(start.Add(time.Duration(i + 1)))
		assert.Equal(t, []string{want, "Output"}, *calls)
	}
	assert.True(t, b.Timers.Earliest().IsZero(), "a timer that expired is stopped")
	_, ok = s.Deadline()
	assert.False(t, ok)
}

// A timer that was stopped, or moved later, leaves its time in the queue. When that
// comes nothing happens to the socket, and nobody is told that something has.
func TestTimersThatMovedAreLookedAtInVain(t *testing.T) {
	s, b, calls := recording(t, tcp.Established, recorded{})
	s.callbacks.Changed = func(e Event) { assert.Fail(t, "nothing has happened", e) }
	b.Timers.Retransmit = start.Add(1)
	s.sockets.schedule(b)
	b.Timers.Retransmit = start.Add(2)
	s.Timeout(start.Add(1))
	assert.Empty(t, *calls)
	due, ok := s.Deadline()
	require.True(t, ok)
	assert.Equal(t, start.Add(2), due, "it is looked at again")

	b.Timers.Retransmit = time.Time{}
	s.Timeout(start.Add(2))
	assert.Empty(t, *calls)
	_, ok = s.Deadline()
	assert.False(t, ok)
}

// The timer of a socket that nobody uses is the stack's own: no chapter is asked for it,
// and another timer that expires does not end the socket.
func TestOrphanIsTheStacksOwn(t *testing.T) {
	for _, state := range []tcp.State{tcp.FinWait2, tcp.FinWait1} {
		s, b, calls := recording(t, state, recorded{})
		b.ReadClosed, b.CloseCalled, b.Snd.FinSent = true, true, true
		b.Timers.Probe = start.Add(1)
		s.sockets.schedule(b)
		s.Timeout(start.Add(1))
		require.Equal(t, state, b.State)
		wait := s.config.Orphan
		if state == tcp.FinWait1 {
			wait = s.config.R2 + s.config.MaxRTO
		}
		due, ok := s.Deadline()
		require.True(t, ok)
		require.Equal(t, start.Add(1).Add(wait), due)

		*calls = nil
		s.Timeout(due)
		require.Equal(t, tcp.Closed, b.State)
		if state == tcp.FinWait2 {
			assert.Empty(t, *calls, "the peer has all of it")
		} else {
			assert.Equal(t, []string{"Abort"}, *calls)
		}
	}
}

func TestGivingUpEndsTheConnection(t *testing.T) {
	s, b, calls := recording(t, tcp.Established, recorded{fails: syscall.ETIMEDOUT})
	b.Timers.Retransmit = start
	s.sockets.schedule(b)
	s.Timeout(start)
	assert.Equal(t, []string{"retransmit", "Abort"}, *calls)
	assert.Equal(t, tcp.Closed, b.State)
	assert.ErrorIs(t, b.Err, syscall.ETIMEDOUT)
	assert.Zero(t, s.Len())
	_, err := s.Write(b, []byte("x"), start)
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	_, err = s.Read(b, make([]byte, 1), start)
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
}

// stubborn is a chapter 3 whose timer is always due.
type stubborn struct{ absentTransfer }

func (stubborn) Timeout(b *tcp.TCB, _ tcp.Timer, now time.Time) error {
	b.Timers.Retransmit = now.Add(-time.Hour)
	return nil
}

func TestTimerInThePastDoesNotRunForEver(t *testing.T) {
	s := New(Chapters{Socket: oneSocket{}, Transfer: stubborn{}}, tcp.DefaultConfig(), Callbacks{})
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	b.Timers.Retransmit = start
	require.NoError(t, s.Adopt(b))
	s.Timeout(start)
	due, ok := s.Deadline()
	require.True(t, ok)
	assert.True(t, due.After(start))
}

// speaker is a chapter 3 that sends an ACK at every chance.
type speaker struct{ recordedTransfer }

func (speaker) Output(b *tcp.TCB, _ time.Time) {
	b.Emit(tcp.Segment{Seq: 1, Ack: 2, Flags: tcp.ACK})
	b.Emit(tcp.Segment{Seq: 1, Flags: tcp.SYN, Window: 5})
	b.Emit(tcp.Segment{Src: there, Dst: here, Flags: tcp.RST})
}

func TestSegmentsAreCompleted(t *testing.T) {
	s, out := heard(Chapters{Socket: oneSocket{}, Transfer: speaker{}}, tcp.DefaultConfig())
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	b.Timestamps = tcp.Timestamps{On: true, Offset: 10, Recent: 77}
	require.NoError(t, s.Adopt(b))
	_, err := s.Write(b, []byte("x"), start)
	require.NoError(t, err)

	got := out.segments
	require.Len(t, got, 3)
	assert.Equal(t, here, got[0].Src)
	assert.Equal(t, there, got[0].Dst)
	assert.EqualValues(t, 4711, got[0].Window, "chapter 3's window")
	assert.Equal(t, uint32(start.UnixMilli())+10, got[0].Options.TSval)
	assert.EqualValues(t, 77, got[0].Options.TSecr)
	assert.EqualValues(t, 5, got[1].Window, "a SYN's window is the handshake's")
	assert.Equal(t, there, got[2].Src, "addresses that are set stay")
	assert.EqualValues(t, 2, b.Timestamps.LastACKSent)
	require.Len(t, out.events, 1)
}

// Without chapter 5 nothing keeps a socket that came to TIME-WAIT.
func TestNothingKeepsTimeWait(t *testing.T) {
	s, b, _ := recording(t, tcp.FinWait2, recorded{})
	e := s.begin(b)
	b.State = tcp.TimeWait
	s.end(e, start)
	assert.Equal(t, tcp.Closed, b.State)
	assert.Zero(t, s.Len())
}

func TestReadingAndWritingAtTheEnd(t *testing.T) {
	s, b, _ := recording(t, tcp.Established, recorded{})
	b.Rcv.Queue.Append([]byte("rest"))
	b.Rcv.FinDone = true
	b.CloseCalled = true
	_, err := s.Write(b, []byte("x"), start)
	assert.ErrorIs(t, err, syscall.EPIPE)

	e := s.begin(b)
	b.State = tcp.Closed
	s.end(e, start)
	buf := make([]byte, 10)
	n, err := s.Read(b, buf, start)
	assert.NoError(t, err)
	assert.Equal(t, "rest", string(buf[:n]), "what had arrived can still be read")
	_, err = s.Read(b, buf, start)
	assert.ErrorIs(t, err, io.EOF)
	_, err = s.Write(b, []byte("x"), start)
	assert.ErrorIs(t, err, net.ErrClosed)
}

func TestMissingChapters(t *testing.T) {
	s, out := heard(Chapters{}, tcp.DefaultConfig())
	_, err := s.Listen(here, 1, start)
	assert.ErrorIs(t, err, syscall.ENOSYS)
	_, err = s.Connect(here, there, start)
	assert.ErrorIs(t, err, syscall.ENOSYS)
	s.Arrive(from(tcp.SYN), start)
	assert.Empty(t, out.segments)
	s.Timeout(start)
}

// crowded is a chapter 1 with which every four-tuple is taken.
type crowded struct {
	oneSocket
	deleted *[]*tcp.TCB
}

func (crowded) Attach(*tcp.Table, *tcp.TCB) error { return syscall.EADDRNOTAVAIL }
func (c crowded) Delete(_ *tcp.Table, b *tcp.TCB) { *c.deleted = append(*c.deleted, b) }

func TestWhatIsNotAdoptedHoldsNothing(t *testing.T) {
	var deleted []*tcp.TCB
	s := New(Chapters{Socket: crowded{deleted: &deleted}}, tcp.DefaultConfig(), Callbacks{})
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	require.ErrorIs(t, s.Adopt(b), syscall.EADDRNOTAVAIL)
	require.Equal(t, []*tcp.TCB{b}, deleted, "its port is another's again")
}
