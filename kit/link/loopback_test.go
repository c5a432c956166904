package link

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClearLinkKeepsOrder(t *testing.T) {
	l := newLink(t, Config{})
	var a, b inbox
	l.A().Attach(a.handle)
	l.B().Attach(b.handle)
	send(l.A(), 1, 1000)
	send(l.B(), 1, 10)
	assert.Equal(t, count(1, 1000), b.numbers())
	assert.Equal(t, count(1, 10), a.numbers())
	assert.Equal(t, Counters{Sent: 1000, Delivered: 1000}, l.Counters(AToB))
}

func TestSendCallsNoHandler(t *testing.T) {
	l := newLink(t, Config{})
	var b inbox
	l.B().Attach(b.handle)
	l.A().Send([]*Frame{numbered(1, 100)})
	assert.Empty(t, b.numbers(), "Send only queues")
	l.B().Deliver()
	assert.Equal(t, []int{1}, b.numbers(), "either end's Deliver carries both ways")
}

func TestSliceStaysTheCallers(t *testing.T) {
	l := newLink(t, Config{})
	var b inbox
	l.B().Attach(b.handle)
	frames := []*Frame{numbered(1, 100), numbered(2, 100)}
	l.A().Send(frames)
	frames[0], frames[1] = nil, nil
	l.A().Deliver()
	assert.Equal(t, []int{1, 2}, b.numbers())
}

func TestMTU(t *testing.T) {
	l := newLink(t, Config{})
	assert.Equal(t, 1500, l.A().MTU())
	var b inbox
	l.B().Attach(b.handle)
	l.A().Send([]*Frame{numbered(1, 1500), numbered(2, 1501), numbered(3, 100000), numbered(4, 1500)})
	l.A().Deliver()
	assert.Equal(t, []int{1, 4}, b.numbers())
	assert.Equal(t, Counters{Sent: 4, Delivered: 2, TooLong: 2}, l.Counters(AToB))

	l = newLink(t, Config{MTU: 65535})
	l.B().Attach(b.handle)
	l.A().Send([]*Frame{numbered(5, 65535), NewFrame(65536)})
	l.A().Deliver()
	assert.Equal(t, []int{1, 4, 5}, b.numbers())

	for _, mtu := range []int{-1, 67, 65536} {
		_, err := New(Config{MTU: mtu})
		assert.ErrorContains(t, err, "want 68 to 65535")
	}
}

func TestFramesBeforeAttachAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, Config{AToB: Weather{Delay: time.Second}})
		send(l.A(), 1, 3)
		var b inbox
		l.B().Attach(b.handle)
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, []int{1, 2, 3}, b.numbers())
	})
}

func TestAttachReplacesTheHandler(t *testing.T) {
	l := newLink(t, Config{})
	var before, after inbox
	l.B().Attach(before.handle)
	send(l.A(), 1, 2)
	l.B().Attach(after.handle)
	send(l.A(), 3, 4)
	assert.Equal(t, []int{1, 2}, before.numbers())
	assert.Equal(t, []int{3, 4}, after.numbers())
}

func TestCloseUnplugsOneEnd(t *testing.T) {
	l := newLink(t, Config{})
	var a, b inbox
	l.A().Attach(a.handle)
	l.B().Attach(b.handle)
	l.A().Send([]*Frame{numbered(1, 100)})
	l.B().Send([]*Frame{numbered(2, 100)})
	require.NoError(t, l.A().Close())
	require.NoError(t, l.A().Close(), "closing again does nothing")
	send(l.A(), 3, 3)
	send(l.B(), 4, 4)
	assert.Equal(t, []int{1}, b.numbers(), "what the closed end sent before still arrives")
	assert.Empty(t, a.numbers(), "a closed end gets nothing")
	assert.Equal(t, Counters{Sent: 2, Delivered: 1, Discarded: 1}, l.Counters(AToB))
	assert.Equal(t, Counters{Sent: 2, Discarded: 2}, l.Counters(BToA))
}

func TestCloseDiscardsWhatIsInTheAir(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, Config{AToB: Weather{Delay: time.Minute, Reorder: 0.5}})
		var b inbox
		l.B().Attach(b.handle)
		send(l.A(), 1, 20)
		l.B().Close()
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Empty(t, b.numbers())
		assert.EqualValues(t, 20, l.Counters(AToB).Discarded)
		assert.True(t, l.timerAt.IsZero(), "a timer outlived the link")
	})
}

func TestCloseFromAHandler(t *testing.T) {
	l := newLink(t, Config{})
	got := 0
	l.B().Attach(func(frames []*Frame) {
		got += len(frames)
		freeAll(frames)
		l.B().Close()
	})
	send(l.A(), 1, 3*maxBatch)
	assert.Equal(t, maxBatch, got, "no further batch after Close")
	assert.Equal(t, Counters{Sent: 3 * maxBatch, Delivered: maxBatch, Discarded: 2 * maxBatch}, l.Counters(AToB))
}

// echo makes an end send every frame back.
func echo(e End) Handler {
	return func(frames []*Frame) {
		e.Send(frames)
		e.Deliver()
	}
}

func TestHandlersAreNeverNested(t *testing.T) {
	l := newLink(t, Config{})
	depth, rounds := 0, 0
	l.B().Attach(echo(l.B()))
	l.A().Attach(func(frames []*Frame) {
		depth++
		require.Equal(t, 1, depth, "a handler was called inside itself")
		if rounds++; rounds < 100 {
			l.A().Send(frames)
			l.A().Deliver()
		} else {
			freeAll(frames)
		}
		depth--
	})
	send(l.A(), 1, 1)
	assert.Equal(t, 100, rounds)
}

// TestFairShare has two hosts that never stop answering each other: who called
// Deliver must get away.
func TestFairShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, Config{})
		caller := goroutineID()
		var byCaller, byOthers int
		l.B().Attach(echo(l.B()))
		l.A().Attach(func(frames []*Frame) {
			if goroutineID() == caller {
				byCaller += len(frames)
			} else {
				byOthers += len(frames)
			}
			if byOthers < 5000 && byCaller < 5000 {
				l.A().Send(frames)
			} else {
				freeAll(frames)
			}
		})
		send(l.A(), 1, 1)
		synctest.Wait()
		assert.InDelta(t, fairShare/2, byCaller, maxBatch, "both ways count")
		assert.Equal(t, 5000, byOthers)
		assert.False(t, l.delivering)
	})
}

func goroutineID() string {
	var buf [64]byte
	text := string(buf[:runtime.Stack(buf[:], false)])
	var id string
	for _, c := range text[len("goroutine "):] {
		if c == ' ' {
			break
		}
		id += string(c)
	}
	return id
}

func TestHandlerThatDoesNotReturnStrandsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(t, Config{})
		var b inbox
		calls := 0
		l.B().Attach(func(frames []*Frame) {
			if calls++; calls == 1 {
				freeAll(frames)
				panic("a bug in the stack")
			}
			b.handle(frames)
		})
		assert.PanicsWithValue(t, "a bug in the stack", func() { send(l.A(), 1, 2*maxBatch) })
		synctest.Wait()
		assert.Equal(t, count(maxBatch+1, 2*maxBatch), b.numbers())
		send(l.A(), 1, 1)
		assert.Len(t, b.numbers(), maxBatch+1, "the link still works")
	})
}

// TestNothingIsStranded has two goroutines send one frame each at the same moment,
// over and over. When both have returned from Deliver, both frames must have
// arrived: no later Deliver comes to the rescue of one that was left behind.
func TestNothingIsStranded(t *testing.T) {
	rounds := 5000
	if testing.Short() {
		rounds = 1000
	}
	l := newLink(t, Config{})
	got := 0
	l.A().Attach(func(frames []*Frame) { got += len(frames); freeAll(frames) })
	l.B().Attach(func(frames []*Frame) { got += len(frames); freeAll(frames) })
	start, done := make(chan bool), make(chan bool)
	defer close(start)
	var ready atomic.Int64
	for _, end := range []End{l.A(), l.B()} {
		go func() {
			for n := int64(1); <-start; n++ {
				frames := []*Frame{NewFrame(40)}
				for ready.Add(1); ready.Load() < 2*n; {
					runtime.Gosched() // both are let go at once, so that they meet
				}
				end.Send(frames)
				end.Deliver()
				done <- true
			}
		}()
	}
	for n := 1; n <= rounds; n++ {
		start <- true
		start <- true
		<-done
		<-done
		require.Equal(t, 2*n, got, "frames arrived after round %d", n)
	}
}

func TestHandlerMayUseTheSlice(t *testing.T) {
	l := newLink(t, Config{})
	var b inbox
	l.B().Attach(func(frames []*Frame) {
		b.handle(append(frames, numbered(0, 100)))
	})
	send(l.A(), 1, maxBatch+1)
	want := append(count(1, maxBatch), 0, maxBatch+1, 0)
	assert.Equal(t, want, b.numbers(), "what is appended must not overwrite the next batch")
}

// TestManySenders has many goroutines at both ends, so that deliverers take turns;
// every sender's frames must arrive, in the order in which it sent them.
func TestManySenders(t *testing.T) {
	const senders, frames = 8, 500
	for _, c := range []Config{{}, {AToB: Weather{Duplicate: 1e-9}}} { // the second takes the slow path
		synctest.Test(t, func(t *testing.T) {
			l := newLink(t, c)
			var next [2][senders]int // by way and sender: the number expected next
			receive := func(way Way) Handler {
				return func(frames []*Frame) {
					for _, f := range frames {
						sender, n := number(f.Data)/frameSpace, number(f.Data)%frameSpace
						assert.Equal(t, next[way][sender], n, "order of one sender's frames")
						next[way][sender]++
						f.Free()
					}
				}
			}
			l.A().Attach(receive(BToA))
			l.B().Attach(receive(AToB))
			var all sync.WaitGroup
			for sender := range senders {
				for _, end := range []End{l.A(), l.B()} {
					all.Go(func() {
						for n := range frames {
							end.Send([]*Frame{numbered(sender*frameSpace+n, 64)})
							end.Deliver()
						}
					})
				}
			}
			all.Wait()
			synctest.Wait() // a deliverer made for the rest may still be at work
			for way := range next {
				for sender, n := range next[way] {
					assert.Equal(t, frames, n, "%v, sender %d", Way(way), sender)
				}
			}
		})
	}
}

const frameSpace = 1 << 20 // numbers for each sender

func TestNoAllocationPerFrame(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget frames at random")
	}
	for name, c := range map[string]Config{
		"clear":   {},
		"weather": {AToB: Weather{Loss: 0.1, Duplicate: 0.1, Corrupt: 0.1, Reorder: 0.1, Rate: 1e15, Queue: 1000}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLink(t, c)
			l.A().Attach(freeAll)
			l.B().Attach(echo(l.B()))
			batch := make([]*Frame, 64)
			round := func() {
				for i := range batch {
					batch[i] = NewFrame(1500)
				}
				l.A().Send(batch)
				l.A().Deliver()
			}
			for range 100 {
				round()
			}
			// The garbage collector may empty the pool once; a frame each would be 64.
			assert.Less(t, testing.AllocsPerRun(1000, round), 1.0)
		})
	}
}

// BenchmarkEcho counts frames carried, there and back, in batches of several
// sizes: 1 is ping-pong, 44 a write of 64 KiB.
func BenchmarkEcho(b *testing.B) {
	for _, size := range []int{1, 44, 1000} {
		b.Run(map[int]string{1: "1", 44: "44", 1000: "1000"}[size], func(b *testing.B) {
			l := newLink(b, Config{})
			l.A().Attach(freeAll)
			l.B().Attach(echo(l.B()))
			batch := make([]*Frame, size)
			b.ReportAllocs()
			carried := 0
			for b.Loop() {
				for i := range batch {
					batch[i] = NewFrame(1500)
				}
				l.A().Send(batch)
				l.A().Deliver()
				carried += 2 * size
			}
			b.ReportMetric(float64(carried)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
