package storm

import (
	"net/netip"
	"slices"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// An action is one thing that is done to the two hosts. All that it needs is drawn from
// its own number, and so to leave one out changes none of the others.
type action dice

// givenActions draws what happens in the n-th conversation of a chapter.
func givenActions(chapter, n int) []action {
	d := dice(chapter)<<40 + dice(n)<<8 + dice(script.Seed())
	most := 26
	if chapter == 1 { // it takes several calls until sockets meet
		most = 60
	}
	actions := make([]action, 6+d.roll(most))
	for i := range actions {
		actions[i] = action(d.next())
	}
	return actions
}

// act does one thing.
func (c *conversation) act(a action) {
	d := dice(a)
	switch kind := d.roll(24); {
	case kind < 8:
		c.goOn(1 + d.roll(5))
	case kind < 12:
		c.callOn(c.you, &d)
	case kind < 15:
		c.callOn(c.peer, &d)
	case kind < 18:
		c.fates(&d)
	case kind < 19:
		c.pause(&d)
	case kind < 20:
		c.stray(&d)
	case c.honest:
		c.goOn(1 + d.roll(3))
	default:
		c.forge(&d)
	}
}

// goOn lets the next things happen.
func (c *conversation) goOn(n int) {
	for range n {
		if c.failure == nil {
			c.call = ""
			c.world.Step()
		}
	}
}

// pause lets time pass, and all that happens meanwhile.
func (c *conversation) pause(d *dice) {
	pause := choose(d, 100*time.Millisecond, time.Second, 5*time.Second, 40*time.Second, 200*time.Second)
	end := c.world.Now().Add(pause)
	for range mostSteps {
		if due, any := c.world.Next(); !any || due.After(end) || c.failure != nil {
			break
		}
		c.goOn(1)
	}
	if c.failure == nil && !c.world.Now().After(end) {
		c.world.RunFor(end.Sub(c.world.Now()))
	}
}

// fates decides what becomes of the next packets of one host.
func (c *conversation) fates(d *dice) {
	s := choose(d, c.you, c.peer)
	s.fate, s.fated = clear, 1+d.roll(3)
	switch d.roll(5) {
	case 0, 1:
		s.fate.Loss = 1
	case 2:
		s.fate.Duplicate = 1
	default:
		s.fate.Delay = choose(d, 5*delay, 30*delay, 2*time.Second, 20*time.Second)
	}
}

// stray has an old copy of one of the peer's segments arrive, as old as the network lets
// one become.
func (c *conversation) stray(d *dice) {
	if len(c.past) == 0 {
		return
	}
	old := c.past[d.roll(len(c.past))]
	if c.world.Now().Sub(old.at) >= c.settings.MSL {
		return
	}
	old.segment.Payload = slices.Clone(old.segment.Payload)
	c.call = ""
	c.arrive(old.segment)
}

// arrive has a segment come to your host that nothing in the air has brought.
func (c *conversation) arrive(seg tcp.Segment) {
	c.witness.Comes(c.you.Host, &seg, c.forged)
	c.you.Arrive(seg)
}

// callOn makes a call on one side.
func (c *conversation) callOn(s *side, d *dice) {
	kind := d.roll(16)
	if kind == 0 {
		c.newSocket(s, d)
		return
	}
	c.acceptAll(s)
	a := s.pick(d)
	if a == nil {
		if kind < 6 {
			c.newSocket(s, d)
		}
		return
	}
	switch {
	case a.b.State == tcp.Listen:
		if d.one(8) {
			c.close(a)
		}
	case kind < 7:
		c.write(a, choose(d, 1, 3, 100, 999, 1000, 1460, 2500, 5000, 12000))
	case kind < 11:
		c.readSome(a, choose(d, 1, 50, 1000, 4000, 60_000))
	case kind < 13:
		c.closeWrite(a)
	case kind < 15:
		c.close(a)
	default:
		c.abort(a)
	}
}

// pick returns one of the sockets that an application still holds, mostly the newest
// connection; nil for none.
func (s *side) pick(d *dice) *app {
	var held []*app
	for _, a := range s.apps {
		if !a.left {
			held = append(held, a)
		}
	}
	if len(held) == 0 {
		return nil
	}
	if last := held[len(held)-1]; !d.one(4) {
		return last
	}
	return held[d.roll(len(held))]
}

// newSocket makes another connection, or a listener.
func (c *conversation) newSocket(s *side, d *dice) {
	local, remote := c.here(), c.there()
	if s == c.peer {
		local, remote = remote, local
	}
	switch d.roll(4) {
	case 0:
		c.listen(s, local)
	case 1:
		c.listen(s, netip.AddrPortFrom(netip.Addr{}, local.Port()))
	case 2:
		c.connect(s, local, remote)
	default:
		c.connect(s, netip.AddrPortFrom(local.Addr(), 0), remote)
	}
}
