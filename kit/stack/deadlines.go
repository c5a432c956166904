package stack

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// deadlines is a heap of the sockets that wait for a timer, by Host.Due. An
// entry may be due before the socket's timers are: a timer that moves later, as
// most do with every segment, does not touch the heap. The socket is then looked
// at in vain once, which is far cheaper.
type deadlines []*tcp.TCB

// first returns when the next socket is to be looked at.
func (d deadlines) first() (time.Time, bool) {
	if len(d) == 0 {
		return time.Time{}, false
	}
	return d[0].Host.Due, true
}

// note makes sure that b is looked at when its earliest timer is due.
func (d *deadlines) note(b *tcp.TCB) {
	due := b.Timers.Earliest()
	switch {
	case due.IsZero():
		return
	case b.Host.Index == 0:
		*d = append(*d, b)
		b.Host.Due, b.Host.Index = due, len(*d)
		d.up(len(*d) - 1)
	case due.Before(b.Host.Due):
		b.Host.Due = due
		d.up(b.Host.Index - 1)
	}
}

// postpone has b, which waits, looked at no earlier than due.
func (d deadlines) postpone(b *tcp.TCB, due time.Time) {
	b.Host.Due = due
	d.down(b.Host.Index - 1)
}

// drop forgets b.
func (d *deadlines) drop(b *tcp.TCB) {
	i := b.Host.Index - 1
	if i < 0 {
		return
	}
	last := len(*d) - 1
	d.swap(i, last)
	(*d)[last] = nil
	*d = (*d)[:last]
	b.Host.Index = 0
	if i < last {
		d.down(i)
		d.up(i)
	}
}

func (d deadlines) swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].Host.Index, d[j].Host.Index = i+1, j+1
}

func (d deadlines) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !d[i].Host.Due.Before(d[parent].Host.Due) {
			return
		}
		d.swap(i, parent)
		i = parent
	}
}

func (d deadlines) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(d) {
			return
		}
		if other := child + 1; other < len(d) && d[other].Host.Due.Before(d[child].Host.Due) {
			child = other
		}
		if !d[child].Host.Due.Before(d[i].Host.Due) {
			return
		}
		d.swap(i, child)
		i = child
	}
}
