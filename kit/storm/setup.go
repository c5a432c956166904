package storm

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// A setup is what a conversation begins with.
type setup struct {
	chapter int  // the one under test, 2 to 5
	alone   bool // your host has no chapter behind it: see Handshake
	honest  bool // nobody forges segments

	begins begins
	state  tcp.State // of begins inState

	iss, irs  tcp.Seq // the first numbers of your host and of the peer
	addresses [2]netip.Addr
	settings  tcp.Config // yours
	peers     tcp.Config // the peer's
}

// begins is how a conversation begins.
type begins uint8

const (
	closed       begins = iota // with no socket
	youConnect                 // the peer listens, and you connect
	peerConnects               // you listen
	bothConnect                // simultaneously
	opened                     // you have connected, and the connection is open
	accepted                   // the peer has, and you have accepted it
	inState                    // in the middle: see script.Fixture
)

// The plain numbers, as in RFC 9293's figures.
var plainISS, plainIRS = script.ISS, script.IRS

// givenSetup draws how the n-th conversation of a chapter begins.
func givenSetup(chapter, n int) setup {
	d := dice(chapter)<<32 + dice(n) + dice(script.Seed())
	s := setup{chapter: chapter, honest: n%2 == 0, alone: chapter == 2 && n/2%2 == 0}
	s.begins, s.state = givenBeginning(&d, chapter, s.alone)
	s.iss, s.irs = edge(&d), edge(&d)
	s.addresses = fourth
	if d.one(4) {
		s.addresses = sixth
	}
	s.settings = givenSettings(&d)
	s.peers = givenSettings(&d)
	s.peers.MTU, s.peers.MSL = s.settings.MTU, s.settings.MSL
	if s.begins == inState { // a fixture has agreed on no options
		s.settings.Timestamps, s.settings.WindowScaling = false, false
		s.peers.Timestamps, s.peers.WindowScaling = false, false
	}
	return s
}

var (
	fourth = [2]netip.Addr{script.You, script.Peer}
	sixth  = [2]netip.Addr{script.Address("2001:db8::1"), script.Address("2001:db8::2")}
)

// edge draws an initial sequence number a little below the places where careless
// arithmetic breaks.
func edge(d *dice) tcp.Seq {
	half := choose[tcp.Seq](d, 1<<31, 0)
	below := choose(d, 1, 2, 3, 5, 100, 600, 1000, 1460, 1461, 2000, 3000, 4000)
	return half.Add(-below - d.roll(3))
}

// beginnings are the ways to begin in each chapter, each as often as it stands here.
var beginnings = [...][]begins{
	2: {youConnect, youConnect, peerConnects, peerConnects, bothConnect, inState, opened, accepted},
	3: {closed, opened, opened, opened, accepted, accepted, inState, inState},
	4: {closed, opened, opened, accepted, inState, inState, inState, inState},
	5: {closed, opened, accepted, inState, inState, inState, inState, inState},
}

// states are the ones that a conversation of each chapter may begin in.
var states = [...][]tcp.State{
	2: {tcp.SynSent, tcp.SynReceived},
	3: {
		tcp.Established, tcp.Established, tcp.Established, tcp.FinWait1, tcp.FinWait2,
		tcp.CloseWait, tcp.CloseWait, tcp.Closing, tcp.LastAck,
	},
	4: {
		tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck,
		tcp.SynReceived,
	},
	5: {tcp.TimeWait, tcp.TimeWait, tcp.TimeWait, tcp.FinWait1, tcp.FinWait2, tcp.Closing},
}

func givenBeginning(d *dice, chapter int, alone bool) (begins, tcp.State) {
	how := choose(d, beginnings[chapter]...)
	if alone && (how == opened || how == accepted) {
		how = inState // an open connection is not chapter 2's
	}
	return how, choose(d, states[chapter]...)
}

func givenSettings(d *dice) tcp.Config {
	c := tcp.DefaultConfig()
	c.MinRTO, c.MaxRTO, c.MSL = script.MinRTO, script.MaxRTO, script.MSL
	c.MTU = choose(d, 1500, 1500, 1280)
	c.SendBuffer = choose(d, 8<<10, 8<<10, 48<<10, 1000)
	c.ReceiveBuffer = choose(d, 32<<10, 8<<10, 4<<10, 1000, 100, 100<<10)
	c.Timestamps, c.WindowScaling = d.one(3), d.one(2)
	c.NoDelay = d.one(3)
	c.DelayedACK = choose(d, 0, 40*time.Millisecond, 200*time.Millisecond)
	c.ObeyResetInTimeWait = d.one(8)
	c.MSS = uint16(choose(d, 0, 0, 0, 100, 536))
	c.InitialWindow = choose(d, 0, 0, 10)
	return c
}

// plainer returns setups that are simpler than this one, in one respect each.
func (s setup) plainer() (all []setup) {
	add := func(change func(*setup)) {
		other := s
		if change(&other); other != s {
			all = append(all, other)
		}
	}
	add(func(o *setup) { o.iss, o.irs = plainISS, plainIRS })
	add(func(o *setup) { o.addresses = fourth })
	add(func(o *setup) { o.settings.Timestamps, o.peers.Timestamps = false, false })
	add(func(o *setup) { o.settings.WindowScaling, o.peers.WindowScaling = false, false })
	add(func(o *setup) { o.settings.DelayedACK, o.peers.DelayedACK = 0, 0 })
	add(func(o *setup) { o.settings.NoDelay, o.peers.NoDelay = false, false })
	add(func(o *setup) { o.settings.MSS, o.peers.MSS = 0, 0 })
	add(func(o *setup) { o.settings.MTU, o.peers.MTU = 1500, 1500 })
	add(func(o *setup) { o.settings.InitialWindow, o.peers.InitialWindow = 0, 0 })
	add(func(o *setup) { o.settings.SendBuffer, o.peers.SendBuffer = 48<<10, 48<<10 })
	add(func(o *setup) { o.settings.ReceiveBuffer, o.peers.ReceiveBuffer = 32<<10, 32<<10 })
	return all
}

// mirrored is the state of a peer whose own end does not know yet, or knows all, of what
// yours has sent; the rest is sent again.
var mirrored = [tcp.States]tcp.State{
	tcp.SynSent: tcp.Listen, tcp.SynReceived: tcp.SynReceived, tcp.Established: tcp.Established,
	tcp.FinWait1: tcp.Established, tcp.FinWait2: tcp.CloseWait, tcp.CloseWait: tcp.FinWait2,
	tcp.Closing: tcp.Closing, tcp.LastAck: tcp.FinWait2, tcp.TimeWait: tcp.LastAck,
}

// chapters returns what your host runs.
func (s *setup) chapters(yours, reference stack.Chapters) stack.Chapters {
	c := reference
	if s.alone {
		c = stack.Chapters{Socket: reference.Socket}
	}
	return merged(yours, c)
}

// merged returns the chapters of first, and second's where first has none.
func merged(first, second stack.Chapters) stack.Chapters {
	if first.Socket == nil {
		first.Socket = second.Socket
	}
	if first.Handshake == nil {
		first.Handshake = second.Handshake
	}
	if first.Transfer == nil {
		first.Transfer = second.Transfer
	}
	if first.Teardown == nil {
		first.Teardown = second.Teardown
	}
	if first.TimeWait == nil {
		first.TimeWait = second.TimeWait
	}
	return first
}
