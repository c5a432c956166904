package link

import "time"

// A pipe is one way of a Loopback: a queue in front of a Direction. The first
// fields belong to whoever holds the link's lock, the others to the goroutine that
// delivers, or, while none does, to whoever holds the lock too.
type pipe struct {
	queue     []*Frame // sent, not yet taken up
	handler   Handler  // of the end that receives
	muted     bool     // the end that sends is closed
	closed    bool     // the end that receives is closed
	discarded uint64   // frames that were sent in vain after that
	weather   Weather  // as last set
	changed   bool     // and not yet passed on to the direction
	counters  Counters // as last known

	direction *Direction
	taken     []*Frame // taken up; those from next on are yet to be carried
	next      int
	receiver  Handler  // the handler as of the last take
	arrived   []*Frame // memory for the next batch
}

// take takes up what was sent this way, and reports whether there is anything to
// carry now. The caller holds the lock, and delivers.
func (p *pipe) take() bool {
	p.counters = p.direction.counters
	if p.changed {
		p.direction.setWeather(p.weather)
		p.changed = false
	}
	p.receiver = p.handler
	if p.closed {
		p.receiver = nil
	}
	if p.receiver == nil {
		return false
	}
	if p.next == len(p.taken) {
		p.taken, p.queue = p.queue, p.taken[:0]
		p.next = 0
	}
	if p.next < len(p.taken) {
		return true
	}
	due, any := p.direction.Next()
	return any && !due.After(time.Now())
}

// carry carries one batch through the weather to the receiver and returns how
// many frames that was. The caller delivers, and holds no lock.
func (p *pipe) carry() int {
	if p.receiver == nil {
		return 0
	}
	end := min(p.next+maxBatch, len(p.taken))
	batch := p.taken[p.next:end:end]
	p.next = end
	if p.direction.pass(batch) {
		p.hand(batch)
		return len(batch)
	}
	now := time.Now()
	for _, f := range batch {
		p.direction.Send(now, f)
	}
	clear(batch)
	p.arrived = p.direction.receive(now, p.arrived[:0], maxBatch)
	p.hand(p.arrived)
	return max(len(batch), len(p.arrived))
}

// hand gives frames to the receiver. Afterwards the slice forgets them, or it
// would keep them from the garbage collector.
func (p *pipe) hand(frames []*Frame) {
	if len(frames) > 0 {
		p.receiver(frames)
		clear(frames)
	}
}

// discard throws away all that is on its way to a closed end. The caller holds
// the lock, and nobody delivers.
func (p *pipe) discard() {
	for _, frames := range [...][]*Frame{p.taken[p.next:], p.queue} {
		p.discarded += uint64(len(frames))
		freeAll(frames)
		clear(frames)
	}
	p.taken, p.queue, p.next = p.taken[:0], p.queue[:0], 0
	p.direction.Discard()
	p.counters = p.direction.counters
}

// waiting reports whether anything is on its way. The caller holds the lock, and
// nobody delivers.
func (p *pipe) waiting() bool {
	_, flying := p.direction.Next()
	return flying || len(p.queue) > 0 || p.next < len(p.taken)
}
