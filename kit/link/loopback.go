package link

import (
	"sync"
	"time"
)

// Config describes a link. The zero Config is a perfect one for packets of up to
// 1500 bytes.
type Config struct {
	MTU        int     // largest IP packet, bytes; 0 stands for DefaultMTU
	AToB, BToA Weather // what frames meet on their way
	Seed       uint64  // of the weather's dice; each direction has its own
	Tap        Tap     // told of every frame; nil for none
}

// Loopback is a link inside one process, with two ends. See the package's
// documentation for how frames cross it. Its methods may be called by several
// goroutines at once.
type Loopback struct {
	mtu  int
	ends [2]loopbackEnd

	mu         sync.Mutex // held for a few instructions only: never while anything outside the link is called
	delivering bool       // some goroutine carries, or is about to
	pipes      [2]pipe    // by Way
	timer      *time.Timer
	timerAt    time.Time // when the timer will fire; zero when it is stopped
}

// New makes a link. It returns an error when c.MTU is not 0 and outside MinMTU to
// MaxMTU, and one that wraps ErrWeather when a setting of the weather is out of
// its range.
func New(c Config) (*Loopback, error) {
	aToB, bToA, err := NewDirections(c)
	if err != nil {
		return nil, err
	}
	l := &Loopback{mtu: aToB.mtu}
	l.ends = [2]loopbackEnd{{l, AToB}, {l, BToA}}
	l.pipes[AToB] = pipe{direction: aToB, weather: c.AToB}
	l.pipes[BToA] = pipe{direction: bToA, weather: c.BToA}
	return l, nil
}

// A returns one end.
func (l *Loopback) A() End { return &l.ends[0] }

// B returns the other end.
func (l *Loopback) B() End { return &l.ends[1] }

// Weather returns the weather of one direction.
func (l *Loopback) Weather(way Way) Weather {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pipes[way&1].weather
}

// SetWeather changes the weather of one direction for every frame sent from now
// on, and for those sent before that nobody has begun to carry. What is in the
// air already stays there. It returns Validate's error, and then changes nothing.
func (l *Loopback) SetWeather(way Way, w Weather) error {
	if err := w.Validate(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pipes[way&1].weather, l.pipes[way&1].changed = w, true
	return nil
}

// Counters returns what has been counted in one direction. While frames are being
// carried it may be a batch behind.
func (l *Loopback) Counters(way Way) Counters {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.pipes[way&1]
	c := p.counters
	c.Sent += p.discarded
	c.Discarded += p.discarded
	return c
}

// Close closes both ends. What is on its way is thrown away.
func (l *Loopback) Close() error {
	l.A().Close()
	return l.B().Close()
}

// loopbackEnd is one end of a Loopback.
type loopbackEnd struct {
	link *Loopback
	out  Way // the way that what is sent here goes
}

func (e *loopbackEnd) MTU() int { return e.link.mtu }

// Attach sets the handler. A second call, as by a host that was started afresh,
// puts another in its place, from the next batch on.
func (e *loopbackEnd) Attach(h Handler) {
	l := e.link
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pipes[1-e.out].handler = h
	if !l.delivering && l.pipes[1-e.out].waiting() {
		// The caller may hold locks, so it can't be the one to deliver what was kept.
		l.delivering = true
		go l.deliver(unlimited)
	}
}

func (e *loopbackEnd) Send(frames []*Frame) {
	l := e.link
	l.mu.Lock()
	p := &l.pipes[e.out]
	gone := p.muted || p.closed
	if gone {
		p.discarded += uint64(len(frames))
	} else {
		p.queue = append(p.queue, frames...)
	}
	l.mu.Unlock()
	if gone {
		freeAll(frames)
	}
}

func (e *loopbackEnd) Deliver() { e.link.Deliver() }

// Close unplugs this end: what it has sent still reaches the other, what is on
// its way to it is thrown away.
func (e *loopbackEnd) Close() error {
	l := e.link
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pipes[e.out].muted = true
	l.pipes[1-e.out].closed = true
	if !l.delivering { // otherwise whoever delivers will see to it
		l.rest()
	}
	return nil
}

func freeAll(frames []*Frame) {
	for _, f := range frames {
		f.Free()
	}
}
