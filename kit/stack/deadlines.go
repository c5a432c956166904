package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// deadlines is a queue of the sockets that wait for a timer, by Host.Due. An
// entry may be due before the socket's timers are: a timer that moves later, as
// most do with every segment, does not touch the queue. The socket is then looked
// at in vain once, which is far cheaper.
type deadlines struct{ heap[*tcp.TCB] }

func newDeadlines() deadlines {
	return deadlines{heap[*tcp.TCB]{
		before: func(a, b *tcp.TCB) bool { return a.Host.Due.Before(b.Host.Due) },
		placed: func(b *tcp.TCB, at int) { b.Host.Index = int32(at + 1) },
	}}
}

// first returns when the next socket is to be looked at.
func (d *deadlines) first() (time.Time, bool) {
	if len(d.items) == 0 {
		return time.Time{}, false
	}
	return d.items[0].Host.Due, true
}

// note makes sure that b is looked at when its earliest timer is due.
func (d *deadlines) note(b *tcp.TCB) {
	due := b.Timers.Earliest()
	switch {
	case due.IsZero():
		return
	case b.Host.Index == 0:
		b.Host.Due = due
		d.push(b)
	case due.Before(b.Host.Due):
		b.Host.Due = due
		d.up(int(b.Host.Index) - 1)
	}
}

// postpone has b, which waits, looked at no earlier than due.
func (d *deadlines) postpone(b *tcp.TCB, due time.Time) {
	b.Host.Due = due
	d.down(int(b.Host.Index) - 1)
}

// drop forgets b.
func (d *deadlines) drop(b *tcp.TCB) {
	if b.Host.Index != 0 {
		d.remove(int(b.Host.Index) - 1)
		b.Host.Index = 0
	}
}
