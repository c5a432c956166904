package link

import (
	"errors"
	"fmt"
	"time"
)

// Weather says what happens to frames on their way in one direction. The zero
// Weather is clear: every frame arrives, at once, in order, as it was sent.
//
// A frame meets it in this order: Drop, Rate and Queue, Burst and Loss, Corrupt,
// Delay and Jitter, Reorder, Duplicate. Probabilities are between 0 and 1, each
// drawn for each frame by itself.
type Weather struct {
	// Drop, when not nil, is shown each frame and decides whether it is lost. It
	// must neither keep nor change the bytes. It is called for one frame at a
	// time, with no lock held. See DropNth.
	Drop func(frame []byte) bool

	// Loss is the probability that a frame is lost; 1 cuts the cable.
	Loss float64

	// Burst makes losses come in bursts, besides Loss.
	Burst Burst

	// Corrupt is the probability that one random bit of a frame is flipped.
	Corrupt float64

	// Duplicate is the probability that a frame arrives twice, the second time
	// straight after the first.
	Duplicate float64

	// Reorder is the probability that a frame is held up until others have
	// overtaken it: at random 1 to ReorderBy of them (0 stands for 3, which is what
	// fast retransmit needs to notice). It is never held for longer than ReorderHold
	// (0 stands for 10 ms), since others may not come.
	Reorder     float64
	ReorderBy   int
	ReorderHold time.Duration

	// Delay is how long a frame is on its way, and Jitter how much longer it may
	// take at random, all lengths equally likely. A frame never overtakes one
	// before it, unless JitterReorders.
	Delay, Jitter  time.Duration
	JitterReorders bool

	// Rate is the line's speed in bits per second, IP header included: a frame is
	// sent when the line is free, and keeps it busy for its length. 0 is without
	// limit.
	Rate int64

	// Queue is how many frames may be waiting for the line, the one being sent
	// included; those that find it full are lost (tail drop). 0 is without limit.
	// It needs a Rate.
	Queue int
}

// Burst is the two-state model of Gilbert and Elliott: the line is good, and
// loses nothing, or bad. 1/End is the mean length of a bad time, in frames, and
// Begin/(Begin+End) the share of frames that meet one.
type Burst struct {
	Begin float64 // probability that a good line turns bad before a frame
	End   float64 // probability that a bad line turns good before a frame
	Loss  float64 // probability that a frame is lost while the line is bad
}

// What a zero setting of Weather stands for.
const (
	defaultReorderBy   = 3
	defaultReorderHold = 10 * time.Millisecond
)

// ErrWeather is what every error about a setting of Weather wraps.
var ErrWeather = errors.New("link: impossible weather")

// Validate returns an error that wraps ErrWeather and names the first setting
// that is out of its range: a probability outside 0 to 1, or something negative.
func (w *Weather) Validate() error {
	for _, p := range [...]struct {
		name  string
		value float64
	}{
		{"Loss", w.Loss}, {"Burst.Begin", w.Burst.Begin}, {"Burst.End", w.Burst.End}, {"Burst.Loss", w.Burst.Loss},
		{"Corrupt", w.Corrupt}, {"Duplicate", w.Duplicate}, {"Reorder", w.Reorder},
	} {
		if !(p.value >= 0 && p.value <= 1) { // written so that NaN is refused as well
			return fmt.Errorf("%w: %s is %v, want a probability between 0 and 1", ErrWeather, p.name, p.value)
		}
	}
	for _, d := range [...]struct {
		name  string
		value time.Duration
	}{{"Delay", w.Delay}, {"Jitter", w.Jitter}, {"ReorderHold", w.ReorderHold}} {
		if d.value < 0 {
			return fmt.Errorf("%w: %s is %v, want 0 or more", ErrWeather, d.name, d.value)
		}
	}
	switch {
	case w.ReorderBy < 0:
		return fmt.Errorf("%w: ReorderBy is %d frames, want 0 or more", ErrWeather, w.ReorderBy)
	case w.Rate < 0:
		return fmt.Errorf("%w: Rate is %d bit/s, want 0 or more", ErrWeather, w.Rate)
	case w.Queue < 0:
		return fmt.Errorf("%w: Queue is %d frames, want 0 or more", ErrWeather, w.Queue)
	case w.Queue > 0 && w.Rate == 0:
		return fmt.Errorf("%w: Queue is %d frames, but without a Rate nothing ever waits", ErrWeather, w.Queue)
	}
	return nil
}

// clear reports whether nothing can happen to a frame.
func (w *Weather) clear() bool {
	return w.Drop == nil && w.Delay == 0 && w.Rate == 0 && !w.chancy()
}

// chancy reports whether anything is left to chance.
func (w *Weather) chancy() bool {
	return w.Loss > 0 || w.Burst.Begin > 0 || w.Corrupt > 0 || w.Duplicate > 0 || w.Reorder > 0 || w.Jitter > 0
}

// DropNth returns a predicate for Weather.Drop that loses one frame: the n-th,
// counted from 1, of those for which matching holds, or of all when matching is
// nil. With n below 1 it loses none. Each call makes a predicate with a count of
// its own, for one direction.
func DropNth(n int, matching func(frame []byte) bool) func(frame []byte) bool {
	seen := 0
	return func(frame []byte) bool {
		if seen >= n || matching != nil && !matching(frame) {
			return false
		}
		seen++
		return seen == n
	}
}
