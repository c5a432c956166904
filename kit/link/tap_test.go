package link

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder keeps observations, and of the bytes the number alone.
func recorder(all *[]Observation) Tap {
	return func(o Observation) {
		o.Frame = nil
		*all = append(*all, o)
	}
}

func TestTap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var seen []Observation
		l := newLink(t, Config{AToB: Weather{Delay: time.Second, Drop: DropNth(2, nil), Duplicate: 1}, Tap: recorder(&seen)})
		l.A().Attach(freeAll)
		l.B().Attach(echo(l.B()))
		send(l.A(), 1, 2)
		time.Sleep(time.Second)
		synctest.Wait()
		later := start.Add(time.Second)
		want := []Observation{
			{Way: AToB, Number: 1, ID: 1, Event: SentEvent, Sent: start, Duplicate: true},
			{Way: AToB, Number: 2, ID: 3, Event: SentEvent, Sent: start, Fate: Dropped},
			{Way: AToB, Number: 1, ID: 1, Event: ArrivedEvent, Sent: start, Arrived: later},
			{Way: AToB, Number: 1, ID: 2, CopyOf: 1, Event: ArrivedEvent, Sent: start, Arrived: later, Duplicate: true},
			{Way: BToA, Number: 1, ID: 4, Event: SentEvent, Sent: later},
			{Way: BToA, Number: 2, ID: 5, Event: SentEvent, Sent: later},
			{Way: BToA, Number: 1, ID: 4, Event: ArrivedEvent, Sent: later, Arrived: later},
			{Way: BToA, Number: 2, ID: 5, Event: ArrivedEvent, Sent: later, Arrived: later},
		}
		assert.Empty(t, cmp.Diff(want, seen))
	})
}

func TestTapSeesTheBytes(t *testing.T) {
	var sent, arrived []byte
	l := newLink(t, Config{AToB: Weather{Corrupt: 1}, Tap: func(o Observation) {
		assert.True(t, o.Corrupted)
		if o.Event == SentEvent {
			sent = append(sent, o.Frame...)
		} else {
			arrived = append(arrived, o.Frame...)
		}
	}})
	l.B().Attach(freeAll)
	send(l.A(), 1, 1)
	require.Len(t, sent, 100)
	assert.Equal(t, 1, number(sent), "as sent")
	assert.NotEqual(t, sent, arrived, "as arrived, damaged")
}

func TestFates(t *testing.T) {
	for fate, w := range map[Fate]Weather{
		Carried: {}, Lost: {Loss: 1}, Dropped: {Drop: func([]byte) bool { return true }}, Overflowed: {Rate: 1, Queue: 1},
	} {
		var seen []Observation
		l := newLink(t, Config{AToB: w, Tap: recorder(&seen)})
		l.B().Attach(freeAll)
		send(l.A(), 1, 2)
		sent := 0
		for _, o := range seen {
			if o.Event == SentEvent {
				if sent++; sent == 2 {
					assert.Equal(t, fate, o.Fate)
				}
			}
		}
		assert.Equal(t, 2, sent)
	}
	assert.Equal(t, "too long", TooLong.String())
	assert.Equal(t, "unknown fate", Fate(99).String())
}

// TestTapDoesNotChangeTheWeather runs the same frames with and without a tap.
func TestTapDoesNotChangeTheWeather(t *testing.T) {
	run := func(tap Tap) []int {
		l := newLink(t, Config{Seed: 4, Tap: tap})
		var b inbox
		l.B().Attach(b.handle)
		send(l.A(), 1, 100) // in clear weather nothing is drawn, tap or not
		require.NoError(t, l.SetWeather(AToB, Weather{Loss: 0.5}))
		send(l.A(), 101, 200)
		return b.numbers()
	}
	assert.Equal(t, run(nil), run(func(Observation) {}))
}
