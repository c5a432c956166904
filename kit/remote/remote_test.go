package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/remote/serve"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// behaviour names the environment variable that has this program be the far side, and says how
// its chapter 5 behaves.
const behaviour = "REMOTE_TEST"

func TestMain(m *testing.M) {
	switch how := os.Getenv(behaviour); how {
	case "":
	case "says nothing":
		time.Sleep(time.Hour)
	default:
		serve.TimeWait(chapter{how: how})
	}
	guard.Elsewhere()
	os.Exit(m.Run())
}

// chapter is a chapter 5 in which Expire does what behaviour says.
type chapter struct {
	stack.TimeWait
	how string
}

var (
	own     = make(map[*tcp.TCB]int) // what a chapter may keep of its own
	grown   [][]byte
	segment *tcp.Segment
	payload []byte
)

func (c chapter) Enter(b *tcp.TCB, now time.Time) {
	own[b]++
	b.Timers.TimeWait = now.Add(2 * b.Config.MSL)
	b.Snd.Wnd = uint32(own[b])
}

func (c chapter) Arrive(b *tcp.TCB, seg *tcp.Segment, now time.Time) bool {
	if segment != nil {
		b.Rcv.Queue.Append(payload)
	}
	segment, payload = seg, seg.Payload
	seg.Seq++
	return seg.Flags.Has(tcp.SYN)
}

func (c chapter) Hold(b *tcp.TCB, want tcp.FourTuple, reuse bool) error {
	return fmt.Errorf("%v, %t", want, reuse)
}

func (c chapter) Expire(b *tcp.TCB, now time.Time) {
	switch c.how {
	case "panics":
		panic("no\x1b[2J")
	case "ends its goroutine":
		runtime.Goexit()
	case "loops":
		for b.State = tcp.Closed; ; b.State++ {
		}
	case "recurses":
		c.Expire(b, now)
		c.Expire(b, now)
	case "grows":
		for {
			grown = append(grown, make([]byte, 1<<20))
		}
	case "exits":
		os.Exit(7)
	case "changes settings":
		b.Config.MSL++
	case "prints":
		fmt.Println("hello")
		println("hello")
	case "emits too much":
		for range 100 {
			b.Emit(tcp.Segment{Payload: make([]byte, 1<<16)})
		}
	case "emits much":
		for range 60 {
			b.Emit(tcp.Segment{Payload: make([]byte, 1<<16)})
		}
	}
	b.State = tcp.Closed
}

// far returns a chapter 5 that behaves so, in another process.
func far(t *testing.T, how string) stack.TimeWait {
	t.Helper()
	chapters, end := Chapters(farCommand(t, how))
	t.Cleanup(end)
	return chapters.TimeWait
}

// farCommand starts that process.
func farCommand(t *testing.T, how string) Command {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return Command{
		Arguments: []string{program}, Environ: append(os.Environ(), behaviour+"="+how),
		Tally: filepath.Join(t.TempDir(), "tally"),
	}
}

// trouble makes a call as a test does, and returns what went wrong.
func trouble(f func()) *guard.Trouble {
	w := guard.NewWorker()
	defer w.Stop()
	return w.Do(f)
}

func socket() *tcp.TCB {
	config := tcp.DefaultConfig()
	b := tcp.NewTCB(&config)
	b.State = tcp.TimeWait
	return b
}

func TestCallsGoThere(t *testing.T) {
	c, b, other, now := far(t, "well"), socket(), socket(), time.Unix(1000, 5).UTC()
	for n := range 3 {
		c.Enter(b, now)
		assert.EqualValues(t, n+1, b.Snd.Wnd, "a chapter knows a socket again")
	}
	c.Enter(other, now)
	assert.EqualValues(t, 1, other.Snd.Wnd)
	assert.Equal(t, now.Add(4*time.Minute), b.Timers.TimeWait)
	tuple := tcp.FourTuple{}
	assert.EqualError(t, c.Hold(b, tuple, true), fmt.Sprintf("%v, true", tuple))

	seg := tcp.Segment{Seq: 7, Flags: tcp.SYN, Payload: []byte("text")}
	assert.True(t, c.Arrive(b, &seg, now))
	assert.EqualValues(t, 8, seg.Seq, "what a call has made of the segment")
	assert.Equal(t, "text", string(seg.Payload))
	assert.False(t, c.Arrive(b, &tcp.Segment{}, now))
	assert.Equal(t, "????", string(b.Rcv.Queue.Peek(0, 10)), "who has kept the text is found out")
}

func TestTroubleThereIsToldHere(t *testing.T) {
	for how, want := range map[string]struct {
		says   string
		goesOn bool // the process does
	}{
		"panics":             {`your code panicked: no\x1b[2J`, true},
		"ends its goroutine": {"your code panicked: runtime.Goexit was called", true},
		"changes settings":   {"your code changed b.Config", true},
		"recurses":           {"your code calls itself without end", false},
		"exits":              {"your code ended the whole program (exit status 7)", false},
		"emits too much":     {"the program died: its answer to Expire makes no sense: it has 6", false},
		"grows":              {"your code does not return and takes ever more memory", false},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c, b := far(t, how), socket()
			c.Enter(b, time.Time{})
			got := trouble(func() { c.Expire(b, time.Time{}) })
			require.NotNil(t, got)
			assert.Contains(t, got.Says, want.says)
			assert.Equal(t, tcp.TimeWait, b.State, "nothing of the call has come back")
			assert.Equal(t, 2*time.Minute, b.Config.MSL)
			another := socket()
			require.Nil(t, trouble(func() { c.Enter(another, time.Time{}) }), "the next test goes on")
			assert.EqualValues(t, 1, another.Snd.Wnd)
		})
	}
	t.Run("prints", func(t *testing.T) {
		c, b := far(t, "prints"), socket()
		require.Nil(t, trouble(func() { c.Expire(b, time.Time{}) }))
		assert.Equal(t, tcp.Closed, b.State)
	})
}

// Several programs count together, in one file.
func TestAfterThreeThatDoNotReturnNothingIsRun(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it waits three seconds for a call")
	}
	tally, b := filepath.Join(t.TempDir(), "tally"), socket()
	program := func(how string) stack.TimeWait {
		command := farCommand(t, how)
		command.Tally = tally
		chapters, end := Chapters(command)
		t.Cleanup(end)
		return chapters.TimeWait
	}
	loops, grows := program("loops"), program("grows")
	for n, c := range []stack.TimeWait{grows, loops, grows} {
		got := trouble(func() { c.Expire(b, time.Time{}) })
		require.NotNil(t, got)
		require.Contains(t, got.Says, []string{"your code does not return and takes", "your code had not returned after 3s"}[n%2])
		require.False(t, got.NotRun)
		require.Equal(t, tcp.TimeWait, b.State)
	}
	for _, c := range []stack.TimeWait{loops, grows, program("well")} {
		got := trouble(func() { c.Enter(b, time.Time{}) })
		require.NotNil(t, got)
		require.True(t, got.NotRun)
	}
}

// Answers that are not too long each may be too many.
func TestAnswersThatFillTheMemory(t *testing.T) {
	hungry = func() bool { return true }
	t.Cleanup(func() { hungry = guard.Hungry })
	c := far(t, "emits much")
	expire := func() { c.Expire(socket(), time.Time{}) }
	for range 17 { // 3.75 MiB each
		require.Nil(t, trouble(expire), "nobody looks as long as it is little")
	}
	got := trouble(expire)
	require.NotNil(t, got)
	require.Contains(t, got.Says, "your code sends, or keeps, ever more")
	require.Nil(t, trouble(func() { c.Enter(socket(), time.Time{}) }), "the next test goes on")
}

// A process that says nothing has its time, and is then ended.
func TestWhoSaysNothing(t *testing.T) {
	t.Parallel()
	l := &line{command: farCommand(t, "says nothing"), patience: time.Second}
	t.Cleanup(l.close)
	c := nearTimeWait{l}
	got := trouble(func() { c.Enter(socket(), time.Time{}) })
	require.NotNil(t, got)
	require.Contains(t, got.Says, "your code had not returned")
	got = trouble(func() { c.Enter(socket(), time.Time{}) })
	require.True(t, got.NotRun, "to wait once is enough")
}

func TestWhatCannotBeStartedIsTold(t *testing.T) {
	chapters, end := Chapters(Command{Arguments: []string{filepath.Join(t.TempDir(), "none")}})
	defer end()
	got := trouble(func() { chapters.TimeWait.Enter(socket(), time.Time{}) })
	require.NotNil(t, got)
	require.Contains(t, got.Says, "it could not be started")
}

// TestTroubleWithoutAWorker has a test call a chapter by itself.
func TestTroubleWithoutAWorker(t *testing.T) {
	c, b := far(t, "panics"), socket()
	var heard guard.Trouble
	guard.Hear(func(trouble guard.Trouble) { heard = trouble; runtime.Goexit() })
	defer guard.Hear(nil)
	done := make(chan bool)
	go func() {
		defer close(done)
		c.Expire(b, time.Time{})
	}()
	<-done
	require.Contains(t, heard.Says, "your code panicked")
}

// BenchmarkCall measures a call of which nothing comes but a time.
func BenchmarkCall(b *testing.B) {
	program, err := os.Executable()
	require.NoError(b, err)
	chapters, end := Chapters(Command{Arguments: []string{program}, Environ: append(os.Environ(), behaviour+"=well")})
	defer end()
	s, now := socket(), time.Unix(1, 0)
	for b.Loop() {
		now = now.Add(time.Millisecond)
		chapters.TimeWait.Enter(s, now)
	}
}
