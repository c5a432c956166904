package stack

import (
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// roster is every socket of the host: those in the table, which chapter 1 keeps, and
// those at rest, of which a record is kept. Nobody outside has to know which is
// which: a socket at rest that something happens to is woken first.
type roster struct {
	chapters   *Chapters
	config     *tcp.Config
	table      *tcp.Table
	byDeadline deadlines // of the sockets in the table
	resting    timeWaitStore
	limited    Limited
}

func newRoster(chapters *Chapters, config *tcp.Config) roster {
	return roster{chapters: chapters, config: config, table: tcp.NewTable(), byDeadline: newDeadlines()}
}

// lookup finds the socket that a segment is for, nil for none. A connection comes
// before a listener, even if it is over.
func (r *roster) lookup(seg *tcp.Segment) *tcp.TCB {
	b := r.chapters.Socket.Lookup(r.table, seg)
	if b == nil || b.State == tcp.Listen {
		if n := r.resting.find(tcp.FourTuple{Local: seg.Dst, Remote: seg.Src}); n != 0 {
			return r.wake(n)
		}
	}
	return b
}

// listener finds the socket that listens where a segment goes; nil if none does.
func (r *roster) listener(seg *tcp.Segment) *tcp.TCB {
	if l := r.chapters.Socket.Lookup(r.table, seg); l != nil && l.State == tcp.Listen {
		return l
	}
	return nil
}

// attach has segments for b find it.
func (r *roster) attach(b *tcp.TCB) error { return r.chapters.Socket.Attach(r.table, b) }

// schedule makes sure that b is looked at when its earliest timer is due.
func (r *roster) schedule(b *tcp.TCB) { r.byDeadline.note(b) }

// hide has no segment find b, until attach.
func (r *roster) hide(b *tcp.TCB) { r.chapters.Socket.Delete(r.table, b) }

// remove takes b out: it is found no more, its port is free, and it waits for nothing.
func (r *roster) remove(b *tcp.TCB) {
	r.chapters.Socket.Delete(r.table, b)
	r.byDeadline.drop(b)
}

// each calls yield for every socket, until it returns false; see Stack.Sockets.
func (r *roster) each(yield func(*tcp.TCB) bool) {
	for _, holders := range r.table.Ports {
		for b := range holders {
			if !yield(b) {
				return
			}
		}
	}
	if r.resting.count == 0 {
		return
	}
	b := tcp.NewTCB(r.config)
	for n := range r.resting.all() {
		r.resting.restore(b, n)
		if !yield(b) {
			return
		}
	}
}

// len returns how many sockets there are.
func (r *roster) len() int {
	n := r.resting.count
	for _, holders := range r.table.Ports {
		n += len(holders)
	}
	return n
}

// state returns the state of the connection between the ends of t that began with
// the numbers iss and irs; CLOSED when there is none.
func (r *roster) state(t tcp.FourTuple, iss, irs tcp.Seq) tcp.State {
	if n := r.resting.find(t); n != 0 {
		if ours, theirs := r.resting.at(n).numbers(); ours == iss && theirs == irs {
			return tcp.TimeWait
		}
	}
	if b := r.table.Connections[t]; b != nil && b.Snd.ISS == iss && b.Rcv.IRS == irs {
		return b.State
	}
	return tcp.Closed
}

// deadline returns when the first socket is to be looked at, if any is.
func (r *roster) deadline() (time.Time, bool) {
	_, due, any := r.byDeadline.first()
	if _, rest, more := r.resting.byDeadline.first(); more && (!any || rest.Before(due)) {
		return rest, true
	}
	return due, any
}

// due returns a socket that is to be looked at at now, and takes it out of the
// queue of deadlines; nil when there is none.
func (r *roster) due(now time.Time) *tcp.TCB {
	b, due, any := r.byDeadline.first()
	if !any || due.After(now) {
		return nil
	}
	r.byDeadline.drop(b)
	return b
}

// putOff has b, if it is to be looked at at now or before, looked at a millisecond
// later.
func (r *roster) putOff(b *tcp.TCB, now time.Time) {
	if b.Keeping.Index != 0 && !b.Keeping.Due.After(now) {
		r.byDeadline.change(b, now.Add(time.Millisecond))
	}
}

// freeOrCompact ends the life of a disowned socket as one, if it may end now, and reports
// whether it did: in CLOSED its memory is used again; in TIME-WAIT it goes to rest.
func (r *roster) freeOrCompact(b *tcp.TCB) bool {
	switch {
	case b.Keeping.Freed:
		return true
	case !b.Keeping.Disowned:
		return false
	case b.State == tcp.Closed:
		r.free(b)
		return true
	case b.State == tcp.TimeWait:
		return r.compact(b)
	}
	return false
}

// compact puts b, in TIME-WAIT, to rest; not if it is in an unusual way, or has
// settings of its own. If as many rest as may, the one whose wait is nearest to its end
// gives way: what it waits for has most likely come or died already, while just after a
// close the last ACK may be lost, and old segments be on their way.
func (r *roster) compact(b *tcp.TCB) bool {
	if b.ReadClosed {
		b.Rcv.Queue.Reset() // who closed without reading it will not read it now
	}
	if b.Config != r.config || !r.resting.keep(b) {
		return false
	}
	if most := r.config.MaxTimeWait; most > 0 && r.resting.count > most {
		first, _, _ := r.resting.byDeadline.first()
		r.resting.remove(first)
		r.limited.Waits++
	}
	r.remove(b)
	r.free(b)
	return true
}

// free has the memory of a deleted socket used again; unless chapter 1 forgot to
// delete it, and segments would be taken for those of whoever has that memory next.
func (r *roster) free(b *tcp.TCB) {
	_, holds := r.table.Ports[b.Local.Port()][b]
	r.limited.Unread -= int(b.Keeping.Unread)
	b.Keeping.Unread = 0
	if !holds && r.table.Connections[b.Tuple()] != b && r.table.Listeners[b.Local] != b {
		b.Free()
	}
}

// forget drops every socket at rest.
func (r *roster) forget() { r.resting = timeWaitStore{} }

// restored returns a copy of a socket at rest.
func (r *roster) restored(n uint32) *tcp.TCB {
	b := tcp.NewTCB(r.config)
	r.resting.restore(b, n)
	return b
}

// wake makes a socket at rest an ordinary one again, and returns it; nil if chapter
// 1 will not have it.
func (r *roster) wake(n uint32) *tcp.TCB {
	b := r.restored(n)
	r.resting.remove(n)
	if err := r.attach(b); err != nil {
		return nil
	}
	r.schedule(b)
	return b
}

// wakeDue wakes the sockets at rest whose wait is over at now, but no more than a
// few hundred: when a million come to their end at once, others have their turn in
// between.
func (r *roster) wakeDue(now time.Time) {
	const most = 256
	for range most {
		n, due, any := r.resting.byDeadline.first()
		if !any || due.After(now) {
			return
		}
		r.wake(n)
	}
}

// hold asks chapter 5 whether a socket in TIME-WAIT stands in the way of one that
// wants to be bound, or connected where want.Remote is valid.
func (r *roster) hold(want tcp.FourTuple, reuse bool) error {
	if want.Remote.IsValid() {
		return r.holdTuple(want, reuse)
	}
	return r.holdPort(want, reuse)
}

func (r *roster) holdTuple(want tcp.FourTuple, reuse bool) error {
	if b := r.table.Connections[want]; b != nil && b.State == tcp.TimeWait {
		return r.chapters.TimeWait.Hold(b, want, reuse)
	}
	n := r.resting.find(want)
	if n == 0 {
		return nil
	}
	if err := r.chapters.TimeWait.Hold(r.restored(n), want, reuse); err != nil {
		return err
	}
	return syscall.EADDRNOTAVAIL // as Attach says where there is such a connection
}

// holdPort asks every socket in TIME-WAIT on that port: it is not often done.
func (r *roster) holdPort(want tcp.FourTuple, reuse bool) error {
	port := want.Local.Port()
	for b := range r.table.Ports[port] {
		if b.State == tcp.TimeWait {
			if err := r.chapters.TimeWait.Hold(b, want, reuse); err != nil {
				return err
			}
		}
	}
	if r.resting.ports[port] == 0 {
		return nil
	}
	b := tcp.NewTCB(r.config)
	for n := range r.resting.all() {
		if r.resting.at(n).key.localPort() != port {
			continue
		}
		r.resting.restore(b, n)
		if err := r.chapters.TimeWait.Hold(b, want, reuse); err != nil {
			return err
		}
	}
	return nil
}
