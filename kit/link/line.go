package link

import "time"

// A line sends one frame at a time at a given rate. Those that come meanwhile
// wait.
type line struct {
	free time.Time   // when the last frame it took will have been sent
	done []time.Time // when each frame that waits or is being sent will have been
	gone int         // how many at the front of done have been sent
}

// send returns when a frame of size octets that comes at now will have been sent
// at rate bits per second, or false when it finds queue frames there. With a
// queue of 0 it always finds room.
func (l *line) send(now time.Time, size int, rate int64, queue int) (time.Time, bool) {
	if queue > 0 {
		if l.waiting(now) >= queue {
			return time.Time{}, false
		}
	}
	start := now
	if l.free.After(now) {
		start = l.free
	}
	l.free = start.Add(time.Duration(int64(size) * 8 * int64(time.Second) / rate))
	if queue > 0 {
		l.done = append(l.done, l.free)
	}
	return l.free, true
}

// waiting returns how many frames have not been sent by now.
func (l *line) waiting(now time.Time) int {
	for l.gone < len(l.done) && !l.done[l.gone].After(now) {
		l.gone++
	}
	if 2*l.gone >= len(l.done) { // keeps the slice as short as twice the queue, at one move a frame
		l.done = l.done[:copy(l.done, l.done[l.gone:])]
		l.gone = 0
	}
	return len(l.done) - l.gone
}
