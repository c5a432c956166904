package link

import (
	"math/bits"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func newDirection(t *testing.T, w Weather) *Direction {
	t.Helper()
	d, _, err := NewDirections(Config{AToB: w})
	require.NoError(t, err)
	return d
}

// An arrival is a frame's number and how long after the epoch it arrived.
type arrival struct {
	Number int
	After  time.Duration
}

// drain lets everything arrive, each frame at its own time.
func drain(d *Direction) (all []arrival) {
	for {
		next, flying := d.Next()
		if !flying {
			return all
		}
		for _, f := range d.Receive(next, nil) {
			all = append(all, arrival{number(f.Data), next.Sub(epoch)})
			f.Free()
		}
	}
}

func TestDelay(t *testing.T) {
	d := newDirection(t, Weather{Delay: 30 * time.Millisecond})
	d.Send(epoch, numbered(1, 100))
	d.Send(epoch.Add(10*time.Millisecond), numbered(2, 100))
	assert.Empty(t, d.Receive(epoch.Add(30*time.Millisecond-1), nil), "too early")
	want := []arrival{{1, 30 * time.Millisecond}, {2, 40 * time.Millisecond}}
	assert.Empty(t, cmp.Diff(want, drain(d)))
}

func TestLessDelayDoesNotReorder(t *testing.T) {
	d := newDirection(t, Weather{Delay: time.Second})
	d.Send(epoch, numbered(1, 100))
	require.NoError(t, d.SetWeather(Weather{}))
	d.Send(epoch, numbered(2, 100))
	assert.Empty(t, cmp.Diff([]arrival{{1, time.Second}, {2, time.Second}}, drain(d)))
}

func TestJitter(t *testing.T) {
	const n = 1000
	for _, reorders := range []bool{false, true} {
		d := newDirection(t, Weather{Delay: time.Second, Jitter: time.Second, JitterReorders: reorders})
		for i := range n {
			d.Send(epoch.Add(time.Duration(i)*time.Millisecond), numbered(i, 100))
		}
		inOrder, sum := true, time.Duration(0)
		arrivals := drain(d)
		require.Len(t, arrivals, n)
		for i, a := range arrivals {
			inOrder = inOrder && a.Number == i
			took := a.After - time.Duration(a.Number)*time.Millisecond
			assert.GreaterOrEqual(t, took, time.Second)
			assert.Less(t, took, 2*time.Second)
			sum += took
		}
		assert.Equal(t, !reorders, inOrder)
		if reorders { // else those behind a late frame are late too
			// A uniform second has a standard deviation of 1/√12 s = 289 ms.
			assert.InDelta(t, 1.5, (sum / n).Seconds(), 4.5*0.289/31.6)
		}
	}
}

func TestRate(t *testing.T) {
	d := newDirection(t, Weather{Rate: 8000, Delay: time.Minute}) // 1000 bytes a second
	d.Send(epoch, numbered(1, 500))
	d.Send(epoch, numbered(2, 1000))
	d.Send(epoch.Add(10*time.Second), numbered(3, 100)) // the line is free again
	want := []arrival{
		{1, time.Minute + 500*time.Millisecond},
		{2, time.Minute + 1500*time.Millisecond},
		{3, time.Minute + 10*time.Second + 100*time.Millisecond},
	}
	assert.Empty(t, cmp.Diff(want, drain(d)))
}

func TestTailDrop(t *testing.T) {
	d := newDirection(t, Weather{Rate: 8000, Queue: 3})
	for n := 1; n <= 5; n++ {
		d.Send(epoch, numbered(n, 1000)) // 4 and 5 find the queue full
	}
	d.Send(epoch.Add(time.Second), numbered(6, 1000)) // one has just left
	d.Send(epoch.Add(time.Second), numbered(7, 1000))
	want := []arrival{{1, time.Second}, {2, 2 * time.Second}, {3, 3 * time.Second}, {6, 4 * time.Second}}
	assert.Empty(t, cmp.Diff(want, drain(d)))
	assert.EqualValues(t, 3, d.Counters().Overflowed)

	// The queue's memory must not grow with what has passed through it.
	for i := range 10000 {
		d.Send(epoch.Add(time.Hour+time.Duration(i)*time.Second), numbered(i, 1000))
		freeAll(d.Receive(epoch.Add(time.Hour+time.Duration(i)*time.Second), nil))
	}
	assert.LessOrEqual(t, cap(d.transmitter.done), 16)
}

// What is left of those that arrive together can be received after the others.
func TestReceiveSome(t *testing.T) {
	d := newDirection(t, Weather{Delay: time.Second})
	for n := range 5 {
		d.Send(epoch, numbered(n, 100))
	}
	assert.Empty(t, d.ReceiveSome(epoch, nil, 2), "too early")
	var got []int
	for _, want := range []int{2, 2, 1, 0} {
		frames := d.ReceiveSome(epoch.Add(time.Second), nil, 2)
		require.Len(t, frames, want)
		for _, f := range frames {
			got = append(got, number(f.Data))
			f.Free()
		}
	}
	assert.Equal(t, count(0, 4), got)
}

// TestReorder holds up one frame at a time and counts the others that overtake it:
// 1 to ReorderBy, all equally likely.
func TestReorder(t *testing.T) {
	const by, tries = 5, 2000
	d := newDirection(t, Weather{})
	var overtaken [by + 1]uint64
	for range tries {
		require.NoError(t, d.SetWeather(Weather{Reorder: 1, ReorderBy: by, ReorderHold: time.Hour}))
		d.Send(epoch, numbered(0, 100))
		require.NoError(t, d.SetWeather(Weather{}))
		for n := 1; n <= by; n++ {
			d.Send(epoch, numbered(n, 100))
		}
		var order []int
		for _, f := range d.Receive(epoch, nil) {
			order = append(order, number(f.Data))
			f.Free()
		}
		require.Len(t, order, by+1)
		at := slices.Index(order, 0)
		overtaken[at]++
		require.Equal(t, count(1, by), slices.Delete(order, at, at+1), "the others keep their order")
	}
	assert.Zero(t, overtaken[0])
	for n := 1; n <= by; n++ {
		within(t, "frames overtaken as often", overtaken[n], tries, 1.0/by, 1)
	}
	assert.EqualValues(t, tries, d.Counters().Held)
}

func TestHeldFrameArrivesWhenNobodyFollows(t *testing.T) {
	d := newDirection(t, Weather{Reorder: 1, ReorderHold: 50 * time.Millisecond})
	d.Send(epoch, numbered(1, 100))
	assert.Empty(t, cmp.Diff([]arrival{{1, 50 * time.Millisecond}}, drain(d)))
}

func TestHeldFrameArrivesAfterItsOvertaker(t *testing.T) {
	d := newDirection(t, Weather{Reorder: 1, ReorderBy: 1, ReorderHold: time.Hour})
	d.Send(epoch, numbered(1, 100))
	require.NoError(t, d.SetWeather(Weather{Delay: time.Second}))
	d.Send(epoch, numbered(2, 100))
	assert.Empty(t, cmp.Diff([]arrival{{2, time.Second}, {1, time.Second}}, drain(d)))
}

func TestCorruptionFlipsOneBit(t *testing.T) {
	d := newDirection(t, Weather{Corrupt: 1})
	where := map[int]int{} // byte → how often hit
	for range 4000 {
		f := NewFrame(40)
		clear(f.Data)
		d.Send(epoch, f)
		arrived := d.Receive(epoch, nil)
		require.Len(t, arrived, 1)
		flipped := 0
		for i, oneByte := range arrived[0].Data {
			if flipped += bits.OnesCount8(oneByte); oneByte != 0 {
				where[i]++
			}
		}
		require.Equal(t, 1, flipped)
		arrived[0].Free()
	}
	for i := range 40 {
		within(t, "hits of one byte", uint64(where[i]), 4000, 1.0/40, 1)
	}
	d.Send(epoch, NewFrame(0)) // has no bit to flip
	freeAll(d.Receive(epoch, nil))
}

func TestDuplicateIsAFrameOfItsOwn(t *testing.T) {
	d := newDirection(t, Weather{Duplicate: 1, Corrupt: 1})
	d.Send(epoch, numbered(1, 100))
	arrived := d.Receive(epoch, nil)
	require.Len(t, arrived, 2)
	assert.Equal(t, arrived[0].Data, arrived[1].Data, "as it arrived, with the same damage")
	arrived[0].Data[50] ^= 0xff
	assert.NotEqual(t, arrived[0].Data[50], arrived[1].Data[50])
	assert.NotPanics(t, func() { freeAll(arrived) })
}

func TestDiscard(t *testing.T) {
	d := newDirection(t, Weather{Delay: time.Second, Reorder: 0.5})
	for n := range 100 {
		d.Send(epoch, numbered(n, 100))
	}
	d.Discard()
	assert.Empty(t, drain(d))
	assert.EqualValues(t, 100, d.Counters().Discarded)
}

// TestRealTimers sends through a whole link in virtual time: its timer has to
// bring every frame at the time that the direction by itself says.
func TestRealTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := Weather{Delay: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, JitterReorders: true, Rate: 1e6, Reorder: 0.1, Duplicate: 0.1}
		l := newLink(t, Config{AToB: w, BToA: Weather{Delay: time.Second}, Seed: 5})
		var got, back []arrival
		note := func(all *[]arrival, e End) Handler {
			return func(frames []*Frame) {
				for _, f := range frames {
					*all = append(*all, arrival{number(f.Data), time.Since(start)})
				}
				e.Send(frames)
				e.Deliver()
			}
		}
		l.B().Attach(note(&got, l.B()))
		l.A().Attach(func(frames []*Frame) {
			for _, f := range frames {
				back = append(back, arrival{number(f.Data), time.Since(start)})
				f.Free()
			}
		})
		d, _, err := NewDirections(Config{AToB: w, Seed: 5})
		require.NoError(t, err)
		for n := range 200 {
			d.Send(epoch.Add(time.Since(start)), numbered(n, 200))
			l.A().Send([]*Frame{numbered(n, 200)})
			l.A().Deliver()
			time.Sleep(time.Millisecond + time.Duration(n%7))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		want := drain(d)
		assert.Empty(t, cmp.Diff(want, got))
		require.Len(t, back, len(got))
		for i := range back {
			assert.Equal(t, arrival{got[i].Number, got[i].After + time.Second}, back[i])
		}
	})
}
