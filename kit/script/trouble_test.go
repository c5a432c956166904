package script

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// opening returns chapters whose Open does what f does.
func opening(f func(b *tcp.TCB, now time.Time)) stack.Chapters {
	return plain(plainHandshake{open: func(b *tcp.TCB, _ tcp.Seq, now time.Time) { f(b, now) }})
}

func TestAPanicFailsTheTest(t *testing.T) {
	text := failure(t, "TestStep1_X", func(t testing.TB) {
		New(t, opening(func(b *tcp.TCB, _ time.Time) { panic("not yet written") })).Connect()
	})
	require.Contains(t, text, "step 1: Connect(10.0.0.2:80)\nyour code panicked: not yet written")
	require.Contains(t, text, "0.000s  CLOSED       Connect(10.0.0.2:80)")
}

func TestAPanicInATimeoutFailsTheTest(t *testing.T) {
	text := failure(t, "TestStep1_X", func(t testing.TB) {
		s := New(t, plain(plainHandshake{timeout: func(*tcp.TCB, time.Time) error { panic("no") }}))
		s.Connect()
		s.Elapse(time.Minute)
	})
	require.Contains(t, text, "step 1: Timeout\nyour code panicked: no")
}

func TestAnEndlessLoopFailsTheTest(t *testing.T) {
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	text := failure(t, "TestStep1_X", func(t testing.TB) {
		s := New(t, opening(func(b *tcp.TCB, _ time.Time) {
			for b.State = tcp.SynSent; ; b.State = tcp.Closed { // also races, were it looked at
				select {
				case <-stop:
					return
				default:
				}
			}
		}))
		s.worker.Patience = 200 * time.Millisecond
		s.Connect()
	})
	require.Contains(t, text, "your code had not returned after 200ms")
	require.Contains(t, text, "likely: an endless loop")
}

func TestSendingWithoutEndFailsTheTest(t *testing.T) {
	text := failure(t, "TestStep1_X", func(t testing.TB) {
		New(t, opening(func(b *tcp.TCB, _ time.Time) {
			for range endless + 1 {
				b.Emit(tcp.Segment{Flags: tcp.SYN})
			}
		})).Connect()
	})
	require.Contains(t, text, "10001 segments were sent at once")
	require.Contains(t, text, "rungs left out …")
}

func TestATimerThatNeverRestsFailsTheTest(t *testing.T) {
	text := failure(t, "TestStep1_X", func(t testing.TB) {
		s := New(t, plain(plainHandshake{timeout: func(b *tcp.TCB, now time.Time) error {
			b.Timers.Retransmit = now
			return nil
		}}))
		s.Connect()
		s.Elapse(time.Minute)
	})
	require.Contains(t, text, "a timer was due 10000 times")
}

// TestWhatALearnersCodeSaysIsQuoted looks at a failure as it is shown.
func TestWhatALearnersCodeSaysIsQuoted(t *testing.T) {
	text := failure(t, "TestStep1_X", func(t testing.TB) {
		New(t, opening(func(*tcp.TCB, time.Time) { panic("no\n\x16--- PASS: TestStep1_X (0.00s)\n\x1b[2J") })).Connect()
	})
	require.Contains(t, text, `your code panicked: no\n\x16--- PASS: TestStep1_X (0.00s)\n\x1b[2J`)
	text = failure(t, "TestStep1_X", func(t testing.TB) {
		New(t, opening(func(*tcp.TCB, time.Time) {})).Fail("why", "said \x16=== RUN\n\tand more\x00", Likely("\a bell"))
	})
	require.Equal(t, "step 1: why\nsaid \\x16=== RUN\n\tand more\\x00\nlikely: \\a bell", text)
	text = failure(t, "TestStep1_X", func(t testing.TB) {
		New(t, opening(func(*tcp.TCB, time.Time) { panic(strings.Repeat("é", 1000)) })).Connect()
	})
	require.Contains(t, text, strings.Repeat("é", 200)+"…\n")
}
