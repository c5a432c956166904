package solutions_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions"
)

// What a storm looks for beside the frames is tried on chapters that are the reference's
// but for one thing.

type (
	wrongTransfer struct {
		stack.Transfer
		receive func(b *tcp.TCB, seg *tcp.Segment, now time.Time)
	}
	wrongTeardown struct {
		stack.Teardown
		abort, close func(b *tcp.TCB, now time.Time)
	}
	wrongTimeWait struct {
		stack.TimeWait
		enter   func(b *tcp.TCB, now time.Time)
		arrive  func(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool
		nextISS func(b *tcp.TCB, proposed tcp.Seq) tcp.Seq
		hold    func(b *tcp.TCB, want tcp.FourTuple, reuse bool) error
	}
	deafListener struct{ stack.Handshake }
)

func (w wrongTransfer) Receive(b *tcp.TCB, seg *tcp.Segment, now time.Time) { w.receive(b, seg, now) }

func (w wrongTeardown) Abort(b *tcp.TCB, now time.Time) {
	if w.abort != nil {
		w.abort(b, now)
		return
	}
	w.Teardown.Abort(b, now)
}

func (w wrongTeardown) Close(b *tcp.TCB, now time.Time) {
	if w.close != nil {
		w.close(b, now)
		return
	}
	w.Teardown.Close(b, now)
}

func (w wrongTimeWait) Enter(b *tcp.TCB, now time.Time) {
	if w.enter != nil {
		w.enter(b, now)
		return
	}
	w.TimeWait.Enter(b, now)
}

func (w wrongTimeWait) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if w.arrive != nil {
		return w.arrive(b, seg, now)
	}
	return w.TimeWait.Arrive(b, seg, now)
}

func (w wrongTimeWait) NextISS(b *tcp.TCB, proposed tcp.Seq) tcp.Seq {
	if w.nextISS != nil {
		return w.nextISS(b, proposed)
	}
	return w.TimeWait.NextISS(b, proposed)
}

func (w wrongTimeWait) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	if w.hold != nil {
		return w.hold(b, want, reuse)
	}
	return w.TimeWait.Hold(b, want, reuse)
}

func (deafListener) ArriveListen(*tcp.TCB, *tcp.Segment, tcp.Seq, time.Time) (child, evicted *tcp.TCB) {
	return nil, nil
}

var reference = solutions.Chapters()

func teardown(w wrongTeardown) stack.Chapters {
	w.Teardown = reference.Teardown
	return stack.Chapters{Teardown: w}
}

func timeWait(w wrongTimeWait) stack.Chapters {
	w.TimeWait = reference.TimeWait
	return stack.Chapters{TimeWait: w}
}

// stormCases are chapters with one fault, and what the storm says of it.
var stormCases = []struct {
	yours stack.Chapters
	says  string
}{
	{stack.Chapters{Handshake: deafListener{reference.Handshake}}, "a SYN, a SYN,ACK and an ACK open a connection"},
	{stack.Chapters{Transfer: wrongTransfer{reference.Transfer, func(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
		other := *seg
		other.Payload = []byte(strings.Repeat("?", len(seg.Payload)))
		reference.Transfer.Receive(b, &other, now)
	}}}, "what is read is what was written, byte for byte, in order"},
	{stack.Chapters{Transfer: wrongTransfer{reference.Transfer, func(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
		if b.Rcv.Nxt.Less(seg.Seq) {
			panic("not in order")
		}
		reference.Transfer.Receive(b, seg, now)
	}}}, "your code panicked"},
	{teardown(wrongTeardown{abort: func(b *tcp.TCB, now time.Time) { b.State = tcp.Closed }}),
		"who breaks a connection off tells a peer that believes it open, by a RST"},
	{teardown(wrongTeardown{abort: func(b *tcp.TCB, now time.Time) {
		b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Flags: tcp.RST})
		b.State = tcp.Closed
	}}), "there is no peer who needs a RST"},
	{teardown(wrongTeardown{abort: func(b *tcp.TCB, now time.Time) {
		reference.Teardown.Abort(b, now)
		b.Err = syscall.ECONNABORTED
	}}), "an application that has ended a connection, or seen it end in good order, is told of no error"},
	{teardown(wrongTeardown{close: func(b *tcp.TCB, now time.Time) {
		if b.State == tcp.SynSent {
			b.CloseCalled = true
			return
		}
		reference.Teardown.Close(b, now)
	}}), "Close in SYN-SENT deletes the socket"},
	{teardown(wrongTeardown{close: func(b *tcp.TCB, now time.Time) {
		fully := b.ReadClosed
		b.ReadClosed = false
		reference.Teardown.Close(b, now)
		b.ReadClosed = fully
	}}), "text that has arrived and that nobody will read is lost"},
	{teardown(wrongTeardown{close: func(b *tcp.TCB, now time.Time) { b.State = tcp.Closed }}),
		"a connection ends for a reason"},
	{timeWait(wrongTimeWait{enter: func(*tcp.TCB, time.Time) {}}), "a connection ends for a reason"},
	{timeWait(wrongTimeWait{arrive: func(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
		if reference.TimeWait.Arrive(b, seg, now) {
			b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
		}
		return false
	}}), "in TIME-WAIT, a SYN without ACK or RST that is newer"},
	{timeWait(wrongTimeWait{arrive: func(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
		said := len(b.Outbox)
		anew := reference.TimeWait.Arrive(b, seg, now)
		if len(b.Outbox) > said {
			b.Outbox[said].Flags |= tcp.FIN
			b.Outbox[said].Seq--
		}
		return anew
	}}), "whatever is said is one"},
	{timeWait(wrongTimeWait{arrive: func(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
		said := len(b.Outbox)
		anew := reference.TimeWait.Arrive(b, seg, now)
		if !anew && len(b.Outbox) == said && !seg.Flags.Has(tcp.RST) {
			b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
		}
		return anew
	}}), "gets no answer: its sender knows everything"},
	{timeWait(wrongTimeWait{arrive: func(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
		if seg.Len() == 0 && !seg.Flags.Has(tcp.RST) {
			return false
		}
		return reference.TimeWait.Arrive(b, seg, now)
	}}), "an ACK or a SYN out of the past gets an ACK"},
	{timeWait(wrongTimeWait{arrive: func(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
		challenged := b.Keeping.Challenged
		b.Keeping.Challenged = time.Time{}
		anew := reference.TimeWait.Arrive(b, seg, now)
		if b.Keeping.Challenged.IsZero() {
			b.Keeping.Challenged = challenged
		}
		return anew
	}}), "only as often as AllowChallenge allows"},
	{timeWait(wrongTimeWait{nextISS: func(b *tcp.TCB, proposed tcp.Seq) tcp.Seq { return proposed }}),
		"the next connection's initial sequence number is the proposed one"},
	{timeWait(wrongTimeWait{hold: func(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
		return reference.TimeWait.Hold(b, want, b.Reuse)
	}}), "depends on its two ends"},
	{timeWait(wrongTimeWait{hold: func(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
		b.Timers.TimeWait = b.Timers.TimeWait.Add(time.Second)
		return reference.TimeWait.Hold(b, want, reuse)
	}}), "Hold answers a question, and changes nothing"},
}

// toldTest is a test that notes why it fails.
type toldTest struct {
	testing.TB
	says string
}

func (t *toldTest) Helper()      {}
func (t *toldTest) Name() string { return "TestStep9_Storm" }
func (t *toldTest) Fatal(args ...any) {
	t.says = fmt.Sprint(args...)
	runtime.Goexit()
}

// whatAStormSays returns what a storm says of a chapter.
func whatAStormSays(yours stack.Chapters) string {
	t := &toldTest{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		storm.Run(t, yours, reference)
	}()
	<-done
	return t.says
}

// Each fault is told by the sentence that is about it, on one screen, and twice the same.
func TestStormsFindWhatIsWrong(t *testing.T) {
	for _, c := range stormCases {
		says := whatAStormSays(c.yours)
		assert.Contains(t, says, c.says)
		assert.LessOrEqual(t, strings.Count(says, "\n"), 23, says)
		assert.Equal(t, says, whatAStormSays(c.yours), "the same conversations each time")
	}
}

// What outlives its socket is heard of when a conversation is held again.
func TestStormHearsWhatOutlivesASocket(t *testing.T) {
	everybodys := 0 // bytes received by all sockets together
	says := whatAStormSays(stack.Chapters{Transfer: wrongTransfer{reference.Transfer, func(b *tcp.TCB, seg *tcp.Segment, now time.Time) {
		reference.Transfer.Receive(b, seg, now)
		if everybodys += len(seg.Payload); everybodys > 10_000 {
			everybodys = 0
			b.Delayed.Now = true
		}
	}}})
	assert.Contains(t, says, "the same calls, segments and times lead to the same conversation")
	assert.Contains(t, says, "the second time")
}

// Without the chapters that follow, as a workbook may be handed out, a storm does without
// them; and without the reference of your own, the peer has yours.
func TestStormOfFewChapters(t *testing.T) {
	few := stack.Chapters{Socket: reference.Socket, Handshake: reference.Handshake}
	t.Setenv(storm.Variable, "100")
	yours := stack.Chapters{Transfer: reference.Transfer}
	done := &toldTest{}
	storm.Run(done, yours, few)
	assert.Empty(t, done.says)
	storm.Run(done, stack.Chapters{Handshake: reference.Handshake}, stack.Chapters{Socket: reference.Socket})
	assert.Empty(t, done.says)
}

// The conversation that has failed can be looked at in the page: as it was, and with both
// hosts' sockets after each thing that has happened.
func TestStormsAreRecorded(t *testing.T) {
	for i, c := range stormCases {
		file := filepath.Join(t.TempDir(), fmt.Sprint(i))
		t.Setenv(workbook.RecordVariable, "")
		unwatched := whatAStormSays(c.yours)
		t.Setenv(workbook.RecordVariable, file)
		require.Equal(t, unwatched, whatAStormSays(c.yours), "who watches changes nothing")
		if strings.Contains(unwatched, "your code panicked") {
			assert.NoFileExists(t, file)
			continue
		}
		line, err := os.ReadFile(file)
		require.NoError(t, err)
		var r story.Recording
		require.NoError(t, json.Unmarshal(line, &r))
		assert.Equal(t, "TestStep9_Storm", r.Test)
		assert.True(t, r.Both)
		assert.Contains(t, strings.Join(r.Failure.Lines, " "), c.says)
		require.NotEmpty(t, r.Play.Rows, c.says)
		assert.Equal(t, len(r.Play.Rows)-1, r.Failure.Row)
		require.Len(t, r.Of, len(r.Play.Rows))
		var at int64
		for n, row := range r.Play.Rows {
			assert.Equal(t, n, row.N)
			assert.GreaterOrEqual(t, row.At, at)
			at = row.At
			require.Less(t, r.Of[n], len(r.Views))
			assert.NotEmpty(t, row.States.A, "%s: row %d: %s", c.says, n, row.Says)
			assert.NotEmpty(t, row.States.B, "%s: row %d: %s", c.says, n, row.Says)
			assert.Less(t, row.FromRow, n)
			for _, host := range r.Views[r.Of[n]].Hosts {
				assert.Equal(t, host.Shown > 0, len(host.Sockets) > 0, "%s: row %d: %s", c.says, n, row.Says)
			}
		}
	}
}
