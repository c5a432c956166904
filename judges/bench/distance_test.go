package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
)

// The same seed takes the same time, to the nanosecond, whatever else the machine
// does; and nobody is faster than the line.
func TestDistanceRepeatsItself(t *testing.T) {
	for i := range routes {
		r := &routes[i]
		t.Run(r.name, func(t *testing.T) {
			first, err := r.take(1)
			require.NoError(t, err)
			again, err := r.take(1)
			require.NoError(t, err)
			assert.Equal(t, first, again)
			assert.GreaterOrEqual(t, first, r.limit())
			if r.way.Loss == 0 && r.way.Reorder == 0 {
				return
			}
			other, err := r.take(2)
			require.NoError(t, err)
			assert.NotEqual(t, first, other, "another seed loses others")
		})
	}
}

// Two round trips, and 1500 bytes on the line for each 1448 of text.
func TestDistanceLimit(t *testing.T) {
	want := map[string]float64{
		"64 KiB, clear": 0.20, "4 MiB, clear": 0.20, "4 MiB, 100 Mbit/s": 0.55, "4 MiB, 10 Mbit/s": 3.68,
		"1 MiB, 100 Mbit/s, loss 1 %": 0.29, "1 MiB, 10 ms, 100 Mbit/s, loss 5 %": 0.13,
	}
	for name, seconds := range want {
		r, err := findRoute(name)
		require.NoError(t, err)
		assert.InDelta(t, seconds, r.limit().Seconds(), 0.005, name)
	}
	_, err := findRoute("the moon")
	assert.ErrorIs(t, err, errNoRoute)
}

// A transfer that does not come to its end has taken no time at all.
func TestDistanceWantsEverything(t *testing.T) {
	r := &route{name: "cut", size: 1 << 20, way: link.Weather{Delay: far, Loss: 1}}
	_, err := r.take(1)
	assert.Error(t, err)

	bytes := 0
	r.way = link.Weather{Delay: far, Drop: func(frame []byte) bool { // the line is cut in the middle
		bytes += len(frame)
		return bytes > 100_000
	}}
	_, err = r.take(1)
	assert.Error(t, err)
}

func TestJain(t *testing.T) {
	assert.Equal(t, 1.0, jain([2]float64{5, 5}))
	assert.Equal(t, 0.5, jain([2]float64{5, 0}))
	assert.Equal(t, 0.9, jain([2]float64{2, 1}))
}

func TestSharing(t *testing.T) {
	rate, fairness, err := share(queues[0].packets, 1)
	require.NoError(t, err)
	assert.InDelta(t, 8.5e6, rate, 1.2e6, "bit/s of text, and 9.65e6 is the most")
	assert.Greater(t, fairness, 0.5)
	assert.LessOrEqual(t, fairness, 1.0)
	assert.Equal(t, []int{41, 83, 199}, []int{queues[0].packets, queues[1].packets, queues[2].packets})
}

// In real time everybody gets there, and none before it is possible.
func TestFarPeersWork(t *testing.T) {
	r := &route{name: "short", size: 300 << 10, way: link.Weather{Delay: 5 * time.Millisecond, Rate: 100 * mbit, Loss: 0.01}}
	for _, p := range farPeers() {
		t.Run(p.name, func(t *testing.T) {
			if p.skip != "" {
				t.Skip(p.skip)
			}
			took, err := p.take(r, 1)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, took, r.limit())
		})
	}
}

func TestDistanceReport(t *testing.T) {
	r := made()
	clear, lossy := &routes[0], &routes[4]
	r.distance = &distanceReport{
		seeds:     7,
		transfers: []transfer{{clear, 400 * time.Millisecond, 400 * time.Millisecond, 400 * time.Millisecond}, {lossy, 700 * time.Millisecond, 600 * time.Millisecond, 800 * time.Millisecond}},
		sharings:  []sharing{{"1 BDP", 83, 9.1e6, 0.94, 0.8}},
		far:       []farTransfer{{"ours", clear.name, 410 * time.Millisecond, 1}, {"kernel", clear.name, 406 * time.Millisecond, 1}, {"kernel", lossy.name, time.Second, 5}},
	}
	var text strings.Builder
	r.markdown(&text)
	for _, want := range []string{
		"| 64 KiB, clear | 0.20 | 0.410 | 0.410 | 0.400 | 0.400 – 0.400 |",
		"| 64 KiB, 100 Mbit/s, loss 1 % | 0.21 |",
		"| 0.700 | 0.600 – 0.800 |",
		"| distance, 64 KiB, clear | ours, MTU 1500 | itself | 0.400 s | 0.400 s | once, virtual time, mean of 7 seeds | reached |",
		"| distance, 64 KiB, 100 Mbit/s, loss 1 % | ours, MTU 1500 | itself | 0.600 s | 0.700 s | once, virtual time, mean of 7 seeds | short |",
		"| 0.950 of 1, Jain's index | 0.940 of 1, Jain's index | once, virtual time, mean of 7 seeds | short |",
		"| 1 BDP | 83 | 9.10 | 0.940 | 0.800 |",
		"| | ours | kernel | seeds |\n|---|--:|--:|--:|\n| 64 KiB, clear | 0.410 | 0.406 | 1 |\n",
		"| 64 KiB, 100 Mbit/s, loss 1 % | | 1.00 | 5 |\n",
		"the mean of 7 seeds", quotedOn,
	} {
		assert.Contains(t, text.String(), want)
	}
	r.noteMissed(false)
	assert.Zero(t, r.failed)
	r.noteMissed(true)
	assert.Equal(t, 2, r.failed, "one transfer and one sharing")
	assert.Contains(t, r.notes, "distance, 64 KiB, 100 Mbit/s, loss 1 %: 0.700 s (once, virtual time, mean of 7 seeds) misses the bar of 0.600 s")

	var without strings.Builder
	made().markdown(&without)
	assert.NotContains(t, without.String(), "distance")
}

// The mean is of all seeds, each with a number of its own.
func TestTakeOften(t *testing.T) {
	var seeds []uint64
	got, err := takeOften(&routes[0], 3, func(seed uint64) (time.Duration, error) {
		seeds = append(seeds, seed)
		return time.Duration(seed) * time.Second, nil
	})
	require.NoError(t, err)
	assert.Equal(t, []uint64{1, 2, 3}, seeds)
	assert.Equal(t, transfer{&routes[0], 2 * time.Second, time.Second, 3 * time.Second}, got)
}
