package link

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onTheirWay sends frames numbered 1 to n, which get these IDs, too.
func onTheirWay(t *testing.T, w Weather, n int) *Direction {
	t.Helper()
	d := newDirection(t, w)
	for i := 1; i <= n; i++ {
		d.Send(epoch, numbered(i, 100))
	}
	return d
}

// shown are the frames on their way, by their IDs.
func shown(d *Direction) map[uint64]InAir {
	all := make(map[uint64]InAir)
	for f := range d.Each {
		all[f.ID] = f
	}
	return all
}

func TestTouch(t *testing.T) {
	d := onTheirWay(t, Weather{Delay: time.Second}, 5)
	require.Len(t, shown(d), 5)
	require.True(t, d.Lose(1))
	second, any := d.Copy(2, epoch.Add(3*time.Second))
	require.True(t, any)
	assert.EqualValues(t, 6, second)
	require.True(t, d.Postpone(3, epoch.Add(2*time.Second)))
	require.True(t, d.Keep(4))
	f := d.Deliver(5, epoch)
	require.NotNil(t, f)
	assert.Equal(t, 5, number(f.Data))
	f.Free()
	require.True(t, d.Change(2, numbered(22, 60).Data))

	all := shown(d)
	require.Len(t, all, 4)
	assert.EqualValues(t, 2, all[6].CopyOf)
	assert.True(t, all[4].Kept)
	assert.Equal(t, epoch, all[3].Sent)
	want := []arrival{{22, time.Second}, {3, 2 * time.Second}, {2, 3 * time.Second}}
	assert.Equal(t, want, drain(d), "the copy is as its original was when it was made")
	_, any = d.Next()
	assert.False(t, any, "who is kept does not arrive")
	require.True(t, d.Postpone(4, epoch.Add(time.Minute)))
	assert.Equal(t, []arrival{{4, time.Minute}}, drain(d))

	c := d.Counters()
	assert.EqualValues(t, 5, c.Sent)
	assert.Equal(t, c.Sent+c.Duplicated, c.Delivered+c.Dropped+c.Lost+c.Discarded)
}

// One that the weather holds up is touched as any other.
func TestTouchWhatIsHeldUp(t *testing.T) {
	for _, touch := range []func(*Direction) bool{
		func(d *Direction) bool { return d.Lose(1) },
		func(d *Direction) bool { return d.Keep(1) },
		func(d *Direction) bool { return d.Postpone(1, epoch) },
		func(d *Direction) bool { d.Deliver(1, epoch).Free(); return true },
	} {
		d := onTheirWay(t, Weather{Reorder: 1, ReorderHold: time.Hour}, 1)
		require.True(t, touch(d))
		due, any := d.Next()
		assert.True(t, !any || due.Equal(epoch))
	}
}

func TestTouchNothing(t *testing.T) {
	d := onTheirWay(t, Weather{}, 0)
	_, any := d.Copy(1, epoch)
	assert.False(t, any || d.Lose(1) || d.Keep(1) || d.Postpone(1, epoch) || d.Change(1, nil))
	assert.Nil(t, d.Deliver(1, epoch))
}

func TestDiscardTakesWhatIsKept(t *testing.T) {
	d := onTheirWay(t, Weather{Delay: time.Second}, 3)
	require.True(t, d.Keep(2))
	d.Discard()
	assert.Empty(t, shown(d))
	assert.EqualValues(t, 3, d.Counters().Discarded)
}

// The dice of a seed fall as those of a link with that seed.
func TestSeed(t *testing.T) {
	fates := func(d *Direction) (all []arrival) {
		for i := range 100 {
			d.Send(epoch, numbered(i, 100))
		}
		return drain(d)
	}
	made, _, err := NewDirections(Config{AToB: Weather{Loss: 0.5}, Seed: 7})
	require.NoError(t, err)
	d := onTheirWay(t, Weather{Loss: 0.5}, 10)
	drain(d)
	d.Seed(7)
	assert.Equal(t, fates(made), fates(d))
}
