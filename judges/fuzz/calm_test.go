package fuzz

import (
	"slices"
	"time"

	"tcpworkbook/kit/tcp"
)

const (
	calmSteps    = 20_000        // more, and two sockets talk for ever
	calmTime     = 6 * time.Hour // longer, and a socket is forgotten
	calmPatience = time.Hour     // so long the applications wait, when segments were forged
)

// calmDown lets the world come to its end: the network works, the applications
// read what there is and close, and time passes. In the end there must be nothing
// left: no socket, no deadline. While nothing was crafted, all that was written
// must have been read, unless the connection did not end in good order. In a world of
// crafted segments, sockets in TIME-WAIT are disturbed now, for here they are many.
func (w *world) calmDown() {
	w.notef("the end begins")
	w.calmSince = w.now
	end := w.now.Add(calmTime)
	for range calmSteps {
		if w.err != nil {
			return
		}
		w.steps++
		busy := w.exchange()
		w.finish()
		if busy || w.disturbSome() {
			continue
		}
		next := w.next()
		if next > calmTime {
			if w.letGo() {
				continue
			}
			w.checkEmpty()
			w.checkAllRead()
			return
		}
		w.now = w.now.Add(next)
		if !w.honest && w.now.Sub(w.calmSince) > calmPatience {
			w.letGo() // a forged window may have made it as slow as a probe a minute
		}
		if w.now.After(end) {
			w.failf("sockets are left after %v of calm: %v", calmTime, w.left())
			return
		}
		for _, h := range w.hosts {
			w.timeout(h)
		}
	}
	w.failf("no end after %d steps of calm: %v", calmSteps, w.left())
}

// exchange delivers what is under way, and reports whether there was anything.
func (w *world) exchange() (busy bool) {
	for _, h := range w.hosts {
		n := len(h.coming)
		busy = busy || n > 0
		if w.busy {
			w.deliverBatch(h, n)
			continue
		}
		for ; n > 0 && w.err == nil; n-- {
			w.deliver(h, 0, false)
		}
	}
	return busy
}

// finish has every application accept and read what there is, and close.
func (w *world) finish() {
	for _, h := range w.hosts {
		for range mostSockets {
			w.accept(h)
		}
		for _, s := range slices.Clone(h.sockets) {
			if !s.holds {
				continue
			}
			if s.b.State == tcp.Listen {
				if len(s.b.Listener.Half)+len(s.b.Listener.Ready) == 0 && len(h.coming) == 0 {
					w.close(s)
				}
				continue
			}
			if !s.closed && s.b.State != tcp.SynSent {
				w.closeWrite(s)
			}
			if w.drain(s) {
				w.close(s)
			}
		}
	}
}

// drain reads all there is, and reports whether that was the last.
func (w *world) drain(s *shadow) bool {
	for w.err == nil {
		before := s.read
		if w.readFrom(s, 64<<10) {
			return true
		}
		if s.read == before {
			return false
		}
	}
	return true
}

// letGo has the applications give up what they still hold, and reports whether
// that was anything. A half-closed socket whose peer is gone waits for ever,
// says RFC 9293, until its application does so.
func (w *world) letGo() (any bool) {
	for _, h := range w.hosts {
		for _, s := range slices.Clone(h.sockets) {
			if s.holds {
				w.close(s)
				any = true
			}
		}
	}
	return any
}

// checkEmpty: after the end of all connections their hosts are as new.
func (w *world) checkEmpty() {
	for _, h := range w.hosts {
		for _, s := range h.sockets {
			w.failf("%s: is left, and waits for nothing", s)
		}
		t := h.table
		if t != nil && len(t.Ports)+len(t.Connections)+len(t.Listeners) > 0 {
			w.failf("%s: no socket, but its table is not empty: %v", h.name, t)
		}
		if due, ok := h.stack.Deadline(); ok {
			w.failf("%s: no socket, but a deadline at %v", h.name, due)
		}
	}
}

func (w *world) left() (names []string) {
	for _, h := range w.hosts {
		for _, s := range h.sockets {
			if !s.gone {
				names = append(names, s.detail())
			}
		}
	}
	return names
}

// checkAllRead: where both ends of a connection came to an orderly end, each
// application has got all that the other wrote. One that was left with text unread
// has thrown that away.
func (w *world) checkAllRead() {
	if !w.honest {
		return
	}
	for id, s := range w.over {
		if s.lost {
			continue
		}
		mate := w.over[identity{local: id.remote, remote: id.local, iss: id.irs, irs: id.iss}]
		switch {
		case mate == nil:
			w.failf("%s %v: ended in good order, but with nobody", s.host.name, id)
		case !mate.lost && !mate.discarded && mate.read != s.written:
			w.failf("%s %v: %d bytes written, but only %d read", s.host.name, id, s.written, mate.read)
		}
	}
}
