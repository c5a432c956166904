package storm

import (
	"fmt"
	"slices"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

const (
	calmTime = 6 * time.Hour // longer, and a socket is forgotten
	patience = time.Hour     // so long applications wait when segments were forged
)

// finish brings the conversation to its end: the weather clears, the applications read
// what there is and close, and time passes. Then nothing may be left.
func (c *conversation) finish() {
	c.you.fated, c.peer.fated = 0, 0
	c.calm = c.world.Now()
	if c.alone || c.watch.Owed.Transfer == 0 {
		c.finishHandshake()
		return
	}
	if c.watch.Owed.Teardown == 0 || c.watch.Owed.TimeWait == 0 {
		return // nobody is there to end it
	}
	halfway := 0
	for step := range mostSteps {
		if step == mostSteps/2 {
			halfway = c.acknowledged()
		}
		c.wind()
		if c.failure != nil {
			return
		}
		calm := c.world.Now().Sub(c.calm)
		if c.you.Len() == 0 && c.peer.Len() == 0 {
			c.judgeEnd()
			return
		}
		if !c.honest && calm > patience {
			c.letGo()
		}
		c.call = ""
		if calm > calmTime || !c.world.Step() && !c.letGo() {
			c.judgeLeft()
			return
		}
	}
	if !c.gettingOn(halfway) {
		c.judgeLeft()
	}
}

// gettingOn reports whether more of your text was acknowledged than by halfway, and whoever
// has forged segments is to blame that it takes so long. A window that a stranger announces,
// with a number ahead of the peer's, stands by the letter of RFC 9293 until the peer's
// numbers have come as far: never, if the peer has closed.
func (c *conversation) gettingOn(halfway int) bool {
	return !c.honest && c.acknowledged() > halfway
}

// acknowledged returns how many numbers of your sockets were acknowledged.
func (c *conversation) acknowledged() (n int) {
	for _, a := range c.you.apps {
		if a.b.State.Synchronized() { // a socket that is gone is in CLOSED
			n += a.b.Snd.Una.Sub(a.b.Snd.ISS)
		}
	}
	return n
}

// finishHandshake has the weather clear for a while: then both ends are open, or none.
func (c *conversation) finishHandshake() {
	end := c.calm.Add(2 * time.Minute)
	for range mostSteps {
		if due, any := c.world.Next(); !any || due.After(end) || c.failure != nil {
			break
		}
		c.goOn(1)
		c.acceptAll(c.you)
		c.acceptAll(c.peer)
	}
	for _, a := range c.you.apps {
		mate := c.mate(a)
		if !c.honest || mate == nil || a.left || mate.left || a.closed || mate.closed {
			continue
		}
		if a.b.State != tcp.Established && mate.b.State == tcp.Established {
			c.fail(failure{
				says:  "when the network loses nothing any more, a connection that is open at one end opens at the other",
				found: fmt.Sprintf("but two minutes later yours is in %v", a.b.State),
				see:   "RFC 9293 §3.5",
			})
		}
	}
}

// wind has all applications accept and read what there is, and close.
func (c *conversation) wind() {
	for _, s := range []*side{c.you, c.peer} {
		c.acceptAll(s)
		for _, a := range slices.Clone(s.apps) {
			if a.left || c.failure != nil {
				continue
			}
			c.windUp(a)
		}
	}
}

func (c *conversation) windUp(a *app) {
	b := a.b
	switch {
	case b.State == tcp.Listen:
		if len(b.Listener.Half)+len(b.Listener.Ready) == 0 && !c.opening(a.side.other) {
			c.close(a)
		}
		return
	case b.State == tcp.Closed:
		c.drain(a)
		a.left = true
		return
	case b.State == tcp.SynSent:
		return
	case !a.closed:
		c.closeWrite(a)
	}
	c.drain(a)
	if a.eof && !a.left && c.failure == nil {
		c.close(a)
	}
}

// drain reads what there is.
func (c *conversation) drain(a *app) {
	if a.b.Rcv.Queue.Len() == 0 && !a.b.Rcv.FinDone {
		return
	}
	for c.failure == nil && !a.eof && c.readSome(a, 64<<10) {
	}
}

// opening reports whether a SYN of that side's is still to come, or to be answered.
func (c *conversation) opening(s *side) bool {
	return slices.ContainsFunc(s.apps, func(a *app) bool {
		return a.b.State == tcp.SynSent || a.b.State == tcp.SynReceived
	})
}

// letGo has the applications give up what they hold, and reports whether that was
// anything. A half-closed socket whose peer is gone waits for ever, says RFC 9293, until
// its application does so.
func (c *conversation) letGo() (any bool) {
	for _, s := range []*side{c.you, c.peer} {
		for _, a := range slices.Clone(s.apps) {
			if !a.left && a.b.State != tcp.Closed {
				c.close(a)
				any = true
			}
		}
	}
	return any
}

// judgeLeft: nothing is left that waits for nothing.
func (c *conversation) judgeLeft() {
	if c.you.Len() > 0 || c.honest {
		c.fail(failure{
			says: "when both applications have closed, a conversation comes to its end",
			found: fmt.Sprintf("but %v later yours is in %v, and the peer's in %v",
				c.world.Now().Sub(c.calm).Round(time.Second), c.yourState(), c.peer.state()),
			likely: "who waits for what, and which timer ends the wait?",
		})
	}
}

// judgeEnd: after all connections a host is as new, and all that was written was read.
func (c *conversation) judgeEnd() {
	c.call = ""
	if t := c.you.table; t != nil && len(t.Ports)+len(t.Connections)+len(t.Listeners) > 0 {
		c.fail(failure{says: "a socket that is gone is in no table any more", found: "but an entry is left"})
	}
	if due, any := c.you.Deadline(); any {
		c.fail(failure{
			says:  "when no socket is left, no timer runs",
			found: fmt.Sprintf("but one is due in %v", due.Sub(c.world.Now())),
		})
	}
	if !c.honest {
		return
	}
	for _, a := range c.you.apps {
		if mate := c.mate(a); mate != nil && a.b.Remote.IsValid() {
			c.judgeStreams(a, mate)
		}
	}
}

// judgeStreams: a connection that nobody has broken off ends in good order.
func (c *conversation) judgeStreams(a, mate *app) {
	if a.early || mate.early || c.gaveUp(a) || c.gaveUp(mate) || a.b.Rcv.IRS == 0 {
		return
	}
	refused := a.b.Err == syscall.ECONNREFUSED || mate.b.Err == syscall.ECONNREFUSED
	if refused {
		return
	}
	for _, x := range []*app{a, mate} {
		if x.b.Err != nil {
			c.fail(failure{
				says:  "a connection that neither application has broken off ends in good order",
				found: fmt.Sprintf("but %s application was told %q", whose(c, x), x.b.Err.Error()),
			})
		}
	}
	for _, x := range []struct{ from, to *app }{{a, mate}, {mate, a}} {
		if x.from.written != x.to.read {
			c.fail(failure{
				says:  "all that was written is read",
				found: fmt.Sprintf("%s application wrote %d bytes, but only %d were read", whose(c, x.from), x.from.written, x.to.read),
			})
		}
	}
}

func whose(c *conversation, a *app) string {
	if a.side == c.you {
		return "your"
	}
	return "the peer's"
}

// gaveUp reports whether an end has given up while the network was losing segments.
func (c *conversation) gaveUp(a *app) bool {
	return a.b.Err == syscall.ETIMEDOUT && !a.b.RTO.First.After(c.calm)
}
