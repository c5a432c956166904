package link

import (
	"math/rand/v2"
	"time"
)

// draws is all the chance that one frame may need. It is drawn whole for each
// frame, whatever of it is used: so the fate of the next frame does not hang on
// what became of this one, and to change one setting leaves the others' chances as
// they were.
type draws struct {
	turn, burst, loss, corrupt, jitter, reorder, duplicate float64 // each 0 ≤ x < 1

	bit, overtake uint64
}

func draw(random *rand.Rand) draws {
	return draws{
		turn:      random.Float64(),
		burst:     random.Float64(),
		loss:      random.Float64(),
		corrupt:   random.Float64(),
		jitter:    random.Float64(),
		reorder:   random.Float64(),
		duplicate: random.Float64(),
		bit:       random.Uint64(),
		overtake:  random.Uint64(),
	}
}

// decide decides whether a frame is carried at all, and if so, when it has been
// transmitted.
func (d *Direction) decide(now time.Time, f *Frame, chance *draws) (ready time.Time, fate Fate) {
	w := &d.weather
	lost := d.burst(chance)
	switch {
	case len(f.Data) > d.mtu:
		return now, TooLong
	case w.Drop != nil && w.Drop(f.Data):
		return now, Dropped
	}
	ready = now
	if w.Rate > 0 {
		var room bool
		if ready, room = d.transmitter.send(now, len(f.Data), w.Rate, w.Queue); !room {
			return now, Overflowed
		}
	}
	if lost || w.Loss > 0 && chance.loss < w.Loss {
		return ready, Lost
	}
	return ready, Carried
}

// burst takes the burst model one frame further and reports whether that frame
// is lost.
func (d *Direction) burst(chance *draws) bool {
	b := &d.weather.Burst
	if b.Begin == 0 {
		d.bad = false
		return false
	}
	if d.bad {
		d.bad = chance.turn >= b.End
	} else {
		d.bad = chance.turn < b.Begin
	}
	return d.bad && chance.burst < b.Loss
}

// A transmitter sends one frame at a time at a given rate. Those that come
// meanwhile wait.
type transmitter struct {
	free time.Time   // when the last frame it took will have been sent
	done []time.Time // when each frame that waits or is being sent will have been
	gone int         // how many at the front of done have been sent
}

// send returns when a frame of size bytes that comes at now will have been sent
// at rate bits per second, or false when it finds queue frames there. With a
// queue of 0 it always finds room.
func (t *transmitter) send(now time.Time, size int, rate int64, queue int) (time.Time, bool) {
	if queue > 0 && t.waiting(now) >= queue {
		return time.Time{}, false
	}
	start := now
	if t.free.After(now) {
		start = t.free
	}
	t.free = start.Add(time.Duration(int64(size) * 8 * int64(time.Second) / rate))
	if queue > 0 {
		t.done = append(t.done, t.free)
	}
	return t.free, true
}

// waiting returns how many frames have not been sent by now.
func (t *transmitter) waiting(now time.Time) int {
	for t.gone < len(t.done) && !t.done[t.gone].After(now) {
		t.gone++
	}
	if 2*t.gone >= len(t.done) { // keeps the slice as short as twice the queue, at one move a frame
		t.done = t.done[:copy(t.done, t.done[t.gone:])]
		t.gone = 0
	}
	return len(t.done) - t.gone
}
