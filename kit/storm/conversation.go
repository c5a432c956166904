package storm

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"time"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/kit/world"
)

// A conversation is two hosts, what their applications do, and what is noted of it. It
// stops at the first thing that must not happen.
type conversation struct {
	setup
	world     *world.World
	you, peer *side
	watch     frames.Watch
	watched   bool // events of your host are held against the frames
	failure   *failure

	left   []tcp.Segment      // what your host has sent upon the event that goes on
	hears  func(*tcp.Segment) // is told of each; nil for nobody
	past   []past             // what the peer has sent, the newest last
	forged bool               // what arrives now is forged
	window uint16             // the last that the ladder has shown
	calm   time.Time          // when the weather cleared; zero before

	// The event that goes on.
	judged bool      // it is your host's, and nothing has failed yet
	rung   int       // that shows it; -1 for none
	from   tcp.State // in which your socket was before it
	was    []before  // your sockets before it
	ended  []ending  // those that it has ended

	told     *ladder.Diagram // nil if nobody will see it
	call     string          // the call that goes on, as a reader is told
	returned func()          // says that an event is over

	witness *story.Witness // nil if nobody wants it recorded

	// unshown is a call, or a time-out, that is shown if something comes of it.
	unshown string
}

// past is a segment that the peer has sent.
type past struct {
	segment tcp.Segment
	at      time.Time
}

// A side is one of the two hosts and its applications.
type side struct {
	*world.Host
	table  *tcp.Table // seen through a watchedSocket
	isn    tcp.Seq
	config tcp.Config
	apps   []*app
	fate   link.Weather // of the next packets that it sends
	fated  int          // so many
	other  *side
}

// An app is what an application does with a socket.
type app struct {
	b             *tcp.TCB
	side          *side
	written, read int
	closed        bool // its sending side
	left          bool // wholly: it reads no more
	aborted       bool
	early         bool // it left, or aborted, before the weather cleared
	eof           bool
}

// A failure is what must not happen, and has.
type failure struct {
	says   string // the rule, a sentence
	found  string // what there was instead
	upon   string
	likely string
	see    string
	rungs  int
}

const (
	delay     = 10 * time.Millisecond // of the air, one way
	mostSent  = 2000                  // segments upon one event
	mostPast  = 64
	mostApps  = 12 // sockets of one host
	mostSteps = 6000
)

// clear is the weather while nothing else is drawn.
var clear = link.Weather{Delay: delay, JitterReorders: true}

// begin makes the hosts, and opens the connection if the setup says so.
func begin(s setup, yours, reference stack.Chapters, told bool, returned func()) *conversation {
	c := &conversation{setup: s, watched: true, returned: returned}
	c.you = &side{isn: s.iss, config: s.settings}
	c.peer = &side{isn: s.irs, config: s.peers, other: c.you}
	c.you.other = c.peer
	mine := s.chapters(yours, reference)
	theirs := merged(reference, yours)
	c.watch.Owed = owed(mine)
	in := world.Config{
		A:    world.Setup{Chapters: c.observed(c.you, mine), Settings: s.settings, Addr: s.addresses[0]},
		B:    world.Setup{Chapters: c.observed(c.peer, theirs), Settings: s.peers, Addr: s.addresses[1]},
		Link: link.Config{AToB: clear, BToA: clear, MTU: s.settings.MTU},
		Sent: c.sent, Changed: c.changed, Before: c.before, After: c.after,
	}
	if told {
		c.told = &ladder.Diagram{Left: "you", Right: "peer"}
		if os.Getenv(workbook.RecordVariable) != "" {
			c.witness = story.Watch(&in, workbook.Spoken().Name())
		}
	}
	w, err := world.New(in)
	if err != nil {
		panic(err) // a setup that is drawn is a possible one
	}
	c.world, c.you.Host, c.peer.Host = w, w.A, w.B
	if c.witness != nil {
		c.witness.Begins(w)
	}
	c.open()
	return c
}

// owed says whose frames your host is held to.
func owed(c stack.Chapters) (o frames.Owed) {
	for _, part := range []struct {
		steps *int
		there bool
	}{
		{&o.Handshake, c.Handshake != nil}, {&o.Transfer, c.Transfer != nil},
		{&o.Teardown, c.Teardown != nil}, {&o.TimeWait, c.TimeWait != nil},
	} {
		if part.there {
			*part.steps = frames.Every
		}
	}
	return o
}

// The ends of the first connection, and where either host may listen.
func (c *conversation) here() netip.AddrPort {
	return netip.AddrPortFrom(c.addresses[0], script.ClientPort)
}
func (c *conversation) there() netip.AddrPort {
	return netip.AddrPortFrom(c.addresses[1], script.ServerPort)
}

// open begins the conversation as the setup says.
func (c *conversation) open() {
	switch c.begins {
	case closed:
	case youConnect:
		c.listen(c.peer, c.there())
		c.connect(c.you, c.here(), c.there())
	case peerConnects:
		c.listen(c.you, c.here())
		c.connect(c.peer, c.there(), c.here())
	case bothConnect:
		c.connect(c.you, c.here(), c.there())
		c.connect(c.peer, c.there(), c.here())
	case opened:
		c.listen(c.peer, c.there())
		c.opened(c.connect(c.you, c.here(), c.there()))
	case accepted:
		c.listen(c.you, c.here())
		c.opened(c.connect(c.peer, c.there(), c.here()))
	case inState:
		c.adopt()
	}
}

// opened goes on until both ends of a connection are open.
func (c *conversation) opened(by *app) {
	if by == nil {
		return
	}
	for range 20 {
		c.acceptAll(by.side.other)
		if len(by.side.other.apps) > 1 && by.b.State == tcp.Established {
			return
		}
		if c.failure != nil || !c.world.Step() {
			break
		}
	}
	c.fail(failure{
		says:  "a SYN, a SYN,ACK and an ACK open a connection",
		found: fmt.Sprintf("but yours is in %v", c.yourState()),
		see:   "RFC 9293 §3.5",
	})
}

// adopt gives both hosts a socket in the middle of a conversation.
func (c *conversation) adopt() {
	state, other := c.state, mirrored[c.state]
	if other == tcp.Listen {
		c.listen(c.peer, c.there())
	} else {
		c.give(c.peer, other, c.there(), c.here())
	}
	c.give(c.you, state, c.here(), c.there())
	c.you.nextISN()
	if other != tcp.Listen {
		c.peer.nextISN()
	}
}

// beginning is what a ladder says of a socket that was there from the beginning.
const beginning = "(the conversation begins)"

func (c *conversation) give(s *side, state tcp.State, local, remote netip.AddrPort) {
	f := script.Fixture{
		Config: &s.config, Local: local, Remote: remote, ISS: s.isn, IRS: s.other.isn,
		Window: uint32(min(s.other.config.ReceiveBuffer, 65535)), Now: c.world.Now(),
	}
	b := f.Socket(state)
	if s == c.you {
		c.calls(s, beginning)
	}
	if err := s.Adopt(b); err != nil {
		c.fail(failure{says: "a socket is bound and found: chapter 1", found: "but " + err.Error()})
		return
	}
	a := c.held(s, b)
	a.closed = b.CloseCalled
	if s == c.you {
		c.tell(beginning)
	}
}

// held notes an application's socket.
func (c *conversation) held(s *side, b *tcp.TCB) *app {
	a := &app{b: b, side: s}
	s.apps = append(s.apps, a)
	return a
}

// fail notes the first thing that must not happen.
func (c *conversation) fail(f failure) {
	if c.failure == nil {
		c.showCall()
		if c.told != nil {
			f.rungs = len(c.told.Rungs)
		}
		if f.upon == "" {
			f.upon = c.call
		}
		c.failure = &f
	}
}

// before looks at your host before an event.
func (c *conversation) before(h *world.Host, e frames.Event) {
	c.judged = h.Name == "A" && c.failure == nil
	if !c.judged {
		return
	}
	c.left = c.left[:0]
	c.rung, c.from = c.arriving(e), c.yourState()
	c.noteBefore()
	c.watch.Before(h.Sockets)
}

// after holds what an event has made of your host against the frames.
func (c *conversation) after(h *world.Host, e frames.Event) {
	c.returned()
	if !c.judged {
		return
	}
	c.showEvent(c.rung, c.from)
	if broken := c.watch.After(e, c.left, h.Sockets); broken != nil {
		c.fail(failure{
			says: broken.Says, found: broken.Found, upon: c.uponEvent(e),
			likely: broken.Likely, see: broken.See,
		})
	}
	c.judgeEvent(e)
	if e.Segment != nil { // its memory is another's now
		for i := range e.Segment.Payload {
			e.Segment.Payload[i] = '?'
		}
	}
}

// sent takes note of a segment that leaves, and decides its fate.
func (c *conversation) sent(h *world.Host, seg *tcp.Segment) {
	s, weather := c.you, clear
	if h.Name == "B" {
		s = c.peer
	}
	if s.fated > 0 {
		s.fated--
		weather = s.fate
	}
	if err := h.Out().SetWeather(weather); err != nil {
		panic(err) // it is one of those that fates draws
	}
	kept := *seg
	kept.Payload = slices.Clone(seg.Payload)
	if s == c.peer {
		if len(c.past) == mostPast {
			c.past = slices.Delete(c.past, 0, 1)
		}
		c.past = append(c.past, past{kept, c.world.Now()})
		return
	}
	if c.hears != nil {
		c.hears(&kept)
	}
	if len(c.left) == mostSent {
		c.fail(failure{
			says:  "one call, segment or time-out sends no more than the window allows",
			found: fmt.Sprintf("but %d segments were sent at once", mostSent),
		})
	}
	if len(c.left) <= mostSent {
		c.left = append(c.left, kept)
	}
	c.showSent(&kept, weather)
}

// nextISN is the choice of initial sequence numbers, taken from the chapter: so far apart
// that a segment of one connection cannot be taken for another's.
func (s *side) nextISN() tcp.Seq {
	n := s.isn
	s.isn += 1 << 22
	return n
}

// The calls of applications.

func (c *conversation) listen(s *side, local netip.AddrPort) {
	if len(s.apps) == mostApps {
		return
	}
	c.says(s, "Listen(%s)", tcp.Endpoint(local))
	if l, err := s.Listen(local, 4, stack.WithReuse); err == nil {
		c.held(s, l)
	}
}

func (c *conversation) connect(s *side, local, remote netip.AddrPort) *app {
	if len(s.apps) == mostApps {
		return nil
	}
	c.says(s, "Connect(%s)", tcp.Endpoint(remote))
	b, err := s.Connect(local, remote)
	if err != nil {
		return nil
	}
	return c.held(s, b)
}

func (c *conversation) acceptAll(s *side) {
	for _, l := range s.apps {
		for l.b.State == tcp.Listen && len(l.b.Listener.Ready) > 0 && c.failure == nil {
			c.says(s, "Accept()")
			b := s.Accept(l.b)
			if b == nil {
				return
			}
			c.held(s, b)
		}
	}
}

func (c *conversation) write(a *app, n int) {
	c.says(a.side, "Write(%d bytes)", n)
	wrote, err := a.side.Write(a.b, text(a.written, n))
	a.written += wrote
	if err == nil && a.closed && c.watch.Owed.Teardown > 0 {
		c.fail(failure{says: "after Close nothing more can be written", found: "but Write gave no error"})
	}
}

// readSome reads n bytes at most, and looks whether they are the next. It reports whether
// there may be more.
func (c *conversation) readSome(a *app, n int) bool {
	c.says(a.side, "Read(%d)", n)
	p := make([]byte, n)
	got, err := a.side.Read(a.b, p)
	if want := text(a.read, got); string(want) != string(p[:got]) {
		c.fail(failure{
			says:  "what is read is what was written, byte for byte, in order",
			found: "but " + firstDifference(a.read, want, p[:got]), see: "RFC 9293 §3.10.7.4",
		})
	}
	a.read += got
	a.eof = a.eof || err == io.EOF
	if mate := c.mate(a); c.honest && mate != nil {
		c.judgeRead(a, mate, err)
	}
	return got > 0
}

// judgeRead: what was read is no more than what was written, and the end comes after all
// of it.
func (c *conversation) judgeRead(a, mate *app, err error) {
	switch {
	case a.read > mate.written:
		c.fail(failure{
			says:  "no more is read than was written",
			found: fmt.Sprintf("%d bytes were written, but %d were read", mate.written, a.read),
		})
	case err == io.EOF && (a.read < mate.written || !mate.closed):
		c.fail(failure{
			says:  "the end of the stream comes after all that was written, when the other end has closed",
			found: fmt.Sprintf("%d bytes were written, and the end came after %d", mate.written, a.read),
		})
	}
}

func firstDifference(at int, want, got []byte) string {
	for i := range want {
		if want[i] != got[i] {
			return fmt.Sprintf("byte %d of the stream is another's", at+i)
		}
	}
	return "it is not"
}

func (c *conversation) closeWrite(a *app) {
	c.says(a.side, "CloseWrite()")
	a.closed = true
	a.side.CloseWrite(a.b)
}

func (c *conversation) close(a *app) {
	c.says(a.side, "Close()")
	a.closed, a.left = true, true
	a.early = c.calm.IsZero()
	a.side.Close(a.b)
}

func (c *conversation) abort(a *app) {
	c.says(a.side, "Abort()")
	a.closed, a.left, a.aborted, a.early = true, true, true, true
	a.side.Abort(a.b)
}

// mate returns the application at the other end of the same connection; nil for none.
func (c *conversation) mate(a *app) *app {
	for _, other := range a.side.other.apps {
		if o := other.b; o.Local == a.b.Remote && o.Remote == a.b.Local &&
			o.Snd.ISS == a.b.Rcv.IRS && o.Rcv.IRS == a.b.Snd.ISS {
			return other
		}
	}
	return nil
}

// text is what every application writes: n bytes from the first-th of its stream on.
func text(first, n int) []byte {
	at := int(uint32(first)) % len(stream)
	for len(doubled) < at+n {
		doubled = append(doubled, stream...)
	}
	return doubled[at : at+n : at+n]
}

// stream are bytes of which each tells where it stands.
var (
	stream  = givenStream(1 << 16)
	doubled = append(slices.Clone(stream), stream...)
)

func givenStream(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = 'a' + byte((i+i/26+i/676)%26)
	}
	return p
}
