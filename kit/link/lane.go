package link

import "time"

// A lane is one direction of a Loopback. The first fields belong to who holds the
// link's lock, the others to the goroutine that delivers, or, while none does, to
// who holds the lock too.
type lane struct {
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
func (n *lane) take() bool {
	n.counters = n.direction.counters
	if n.changed {
		n.direction.setWeather(n.weather)
		n.changed = false
	}
	n.receiver = n.handler
	if n.closed {
		n.receiver = nil
	}
	if n.receiver == nil {
		return false
	}
	if n.next == len(n.taken) {
		n.taken, n.queue = n.queue, n.taken[:0]
		n.next = 0
	}
	if n.next < len(n.taken) {
		return true
	}
	due, any := n.direction.Next()
	return any && !due.After(time.Now())
}

// carry carries one batch through the weather to the receiver and returns how
// many frames that was. The caller delivers, and holds no lock.
func (n *lane) carry() int {
	if n.receiver == nil {
		return 0
	}
	end := min(n.next+maxBatch, len(n.taken))
	batch := n.taken[n.next:end:end]
	n.next = end
	if n.direction.pass(batch) {
		n.hand(batch)
		return len(batch)
	}
	now := time.Now()
	for _, f := range batch {
		n.direction.Send(now, f)
	}
	clear(batch)
	n.arrived = n.direction.receive(now, n.arrived[:0], maxBatch)
	n.hand(n.arrived)
	return max(len(batch), len(n.arrived))
}

// hand gives frames to the receiver. Afterwards the slice forgets them, or it
// would keep them from the garbage collector.
func (n *lane) hand(frames []*Frame) {
	if len(frames) > 0 {
		n.receiver(frames)
		clear(frames)
	}
}

// discard throws away all that is on its way to a closed end. The caller holds
// the lock, and nobody delivers.
func (n *lane) discard() {
	for _, frames := range [...][]*Frame{n.taken[n.next:], n.queue} {
		n.discarded += uint64(len(frames))
		freeAll(frames)
		clear(frames)
	}
	n.taken, n.queue, n.next = n.taken[:0], n.queue[:0], 0
	n.direction.Discard()
	n.counters = n.direction.counters
}

// waiting reports whether anything is on its way. The caller holds the lock, and
// nobody delivers.
func (n *lane) waiting() bool {
	_, flying := n.direction.Next()
	return flying || len(n.queue) > 0 || n.next < len(n.taken)
}
