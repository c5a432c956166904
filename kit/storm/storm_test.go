package storm

import (
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Conversations of the reference, and what a storm makes of wrong chapters, are tried beside
// it, in package solutions. Here chapter 1's storm is tried on chapters that are made of its
// own model, and the rest on what it is given.

// listed is a chapter 1 that is made of the model: right, and slow. With wrong set it has
// one fault.
type listed struct {
	known *model
	wrong string
}

func (l listed) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	if l.wrong == "local on error" {
		b.Local = local
	}
	if l.wrong == "reuse forgotten" {
		b.Reuse = false
	}
	may := l.known.mayBind(b, local, start)
	if l.wrong == "everything is free" {
		may.success, may.errors = true, nil
	}
	if len(may.errors) > 0 {
		if l.wrong == "another error" {
			return syscall.ECONNREFUSED
		}
		return may.errors[0]
	}
	if l.wrong == "nothing is free" {
		return syscall.EADDRINUSE
	}
	for i := 0; local.Port() == 0; i++ {
		port := uint16(tcp.FirstEphemeralPort + (int(start)+i)%16384)
		end := netip.AddrPortFrom(local.Addr(), port)
		if free, _ := l.known.free(b, end); free || l.wrong == "first port" {
			local = end
		}
		if l.wrong == "second port" && i == 0 {
			local = netip.AddrPortFrom(local.Addr(), 0)
		}
	}
	b.Local = local
	switch l.wrong {
	case "another port":
		b.Local = netip.AddrPortFrom(local.Addr(), 99)
	case "port of nobody":
		l.known.hold(b)
		return nil
	}
	l.known.hold(b)
	hold(t, b)
	return nil
}

func hold(t *tcp.Table, b *tcp.TCB) {
	if t.Ports[b.Local.Port()] == nil {
		t.Ports[b.Local.Port()] = make(map[*tcp.TCB]struct{})
	}
	t.Ports[b.Local.Port()][b] = struct{}{}
}

func (l listed) Attach(t *tcp.Table, b *tcp.TCB) error {
	errors, _ := l.known.mayAttach(b)
	if l.wrong == "half attached" && len(errors) > 0 && b.State != tcp.Listen {
		hold(t, b)
	}
	switch {
	case l.wrong == "anybody may listen" && b.State == tcp.Listen:
	case l.wrong == "anybody may connect" && b.State != tcp.Listen:
	case len(errors) > 0:
		return errors[0]
	case l.wrong == "nobody may listen" && b.State == tcp.Listen:
		return syscall.EADDRINUSE
	case l.wrong == "nobody may connect" && b.State != tcp.Listen:
		return syscall.EADDRNOTAVAIL
	}
	l.known.attach(b)
	hold(t, b)
	switch {
	case l.wrong == "not entered":
	case b.State == tcp.Listen:
		t.Listeners[b.Local] = b
	default:
		t.Connections[b.Tuple()] = b
	}
	if l.wrong == "entered twice" && b.State == tcp.Listen {
		t.Connections[b.Tuple()] = b
	} else if l.wrong == "entered twice" {
		t.Listeners[b.Local] = b
	}
	return nil
}

func (l listed) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB {
	b, _ := l.known.lookup(seg)
	switch {
	case l.wrong == "found by nobody", l.wrong == "no connection" && b != nil && b.State != tcp.Listen,
		l.wrong == "no listener" && b != nil && b.Listener == nil && b.Local.Addr().IsValid() && b.State == tcp.Listen:
		return nil
	case l.wrong == "land" && b == nil && len(l.known.entries) > 0:
		return l.known.entries[0].b
	}
	return b
}

func (l listed) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	reply, ok := answerTo(seg)
	switch {
	case l.wrong == "answers everything":
		return reply, true
	case l.wrong == "answers nothing":
		return reply, false
	case l.wrong == "number":
		reply.Seq++
	}
	return reply, ok
}

func (l listed) Delete(t *tcp.Table, b *tcp.TCB) {
	l.known.delete(b)
	if l.wrong == "never deleted" {
		return
	}
	if t.Listeners[b.Local] == b {
		delete(t.Listeners, b.Local)
	}
	if t.Connections[b.Tuple()] == b {
		delete(t.Connections, b.Tuple())
	}
	if l.wrong != "port kept" {
		delete(t.Ports[b.Local.Port()], b)
	}
	if l.wrong == "neighbours deleted" {
		delete(t.Ports, b.Local.Port())
	}
	if l.wrong == "socket changed" {
		b.State = tcp.Closed
	}
}

// fresh makes the chapter of a table of its own, each time it is bound to another.
type fresh struct {
	wrong string
	of    map[*tcp.Table]*model
}

func (f *fresh) on(t *tcp.Table) listed {
	if f.of == nil || f.of[t] == nil {
		f.of = map[*tcp.Table]*model{t: {}}
	}
	return listed{f.of[t], f.wrong}
}

func (f *fresh) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	return f.on(t).Bind(t, b, local, start)
}
func (f *fresh) Attach(t *tcp.Table, b *tcp.TCB) error          { return f.on(t).Attach(t, b) }
func (f *fresh) Lookup(t *tcp.Table, seg *tcp.Segment) *tcp.TCB { return f.on(t).Lookup(t, seg) }
func (f *fresh) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	return listed{wrong: f.wrong}.Answer(seg)
}
func (f *fresh) Delete(t *tcp.Table, b *tcp.TCB) { f.on(t).Delete(t, b) }

// told is a test that notes why it fails.
type told struct {
	testing.TB
	name, says string
}

func (t *told) Helper()      {}
func (t *told) Name() string { return t.name }
func (t *told) Fatal(args ...any) {
	t.says = fmt.Sprint(args...)
	runtime.Goexit()
}

// run has a storm break over chapters, and returns what it says.
func run(yours, reference stack.Chapters) string {
	t := &told{name: "TestStep8_Storm"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Run(t, yours, reference)
	}()
	<-done
	return t.says
}

func TestARightTable(t *testing.T) {
	assert.Empty(t, run(stack.Chapters{Socket: &fresh{}}, stack.Chapters{}))
}

// Each fault is found, by the sentence that is about it, and in few calls.
func TestWrongTables(t *testing.T) {
	for wrong, says := range map[string]string{
		"local on error":      "an error changes nothing",
		"reuse forgotten":     "chapter 1 changes nothing of a socket but, in Bind, its local end",
		"socket changed":      "chapter 1 changes nothing of a socket but, in Bind, its local end",
		"another error":       "no host has a broadcast, multicast or unspecified address",
		"nothing is free":     "is free",
		"everything is free":  "want an error, but the socket got",
		"first port":          "a port that is chosen is free",
		"second port":         "the search for a port begins start places into the range",
		"another port":        "Bind gives a socket the end that it asks for",
		"port of nobody":      "holds its port until it is deleted",
		"half attached":       "a refusal and Delete leave nothing behind",
		"anybody may listen":  "two listeners at the very same end would hide one another",
		"anybody may connect": "a peer is a single host, and a four-tuple is one connection's",
		"nobody may listen":   "a listener is in the way of another only at the very same end",
		"nobody may connect":  "a four-tuple that is free can be had",
		"not entered":         "that was attached is found until it is deleted",
		"entered twice":       "and nothing else",
		"found by nobody":     "want Lookup to find socket",
		"no connection":       "a segment is for the connection between its two ends",
		"no listener":         "a segment for no connection is for the listener at its destination",
		"land":                "finds no socket",
		"answers everything":  "a RST, and a segment whose addresses can be nobody's, get no answer",
		"answers nothing":     "a segment for which there is no socket is refused",
		"number":              "who sends to no socket gets a RST that he believes",
		"never deleted":       "leave nothing behind",
		"port kept":           "leave nothing behind",
		"neighbours deleted":  "holds its port until it is deleted",
	} {
		got := run(stack.Chapters{Socket: &fresh{wrong: wrong}}, stack.Chapters{})
		assert.Contains(t, got, says, wrong)
		_, calls, _ := strings.Cut(got, "so far:\n")
		calls, _, _ = strings.Cut(calls, "\nread:")
		assert.LessOrEqual(t, strings.Count(calls, "\n"), 6, "%s:\n%s", wrong, got)
	}
}

// What a chapter does that no assertion can end is told, too.
func TestPanic(t *testing.T) {
	assert.Contains(t, run(stack.Chapters{Socket: panics{&fresh{}}}, stack.Chapters{}), "your code panicked")
}

type panics struct{ *fresh }

func (panics) Lookup(*tcp.Table, *tcp.Segment) *tcp.TCB { panic("no") }

// moody answers another thing each time.
type moody struct {
	*fresh
	times *int
}

func (m moody) Answer(seg *tcp.Segment) (tcp.Segment, bool) {
	*m.times++
	if *m.times == 20 {
		return tcp.Segment{Seq: 1234567}, true
	}
	return m.fresh.Answer(seg)
}

func TestAnotherConversation(t *testing.T) {
	assert.Contains(t, run(stack.Chapters{Socket: moody{&fresh{}, new(int)}}, stack.Chapters{}),
		"the same calls, segments and times lead to the same conversation")
}

func TestHowMany(t *testing.T) {
	t.Setenv(Variable, "7")
	assert.Contains(t, run(stack.Chapters{Socket: panics{&fresh{}}}, stack.Chapters{}), "your code panicked")
	assert.Contains(t, run(stack.Chapters{Socket: &fresh{wrong: "answers nothing"}}, stack.Chapters{}), " of 7, cut down")
	t.Setenv(Variable, "-1")
	assert.Contains(t, run(stack.Chapters{Socket: &fresh{wrong: "answers nothing"}}, stack.Chapters{}), " of 1000, cut down")
}

// pair returns the two ends of a conversation that is over, and what it is part of.
func pair() (c *conversation, a, mate *app) {
	here, there := netip.MustParseAddrPort("10.0.0.1:1"), netip.MustParseAddrPort("10.0.0.2:2")
	c = &conversation{you: &side{}, peer: &side{}}
	c.honest, c.calm = true, began
	c.you.other, c.peer.other = c.peer, c.you
	a = c.held(c.you, &tcp.TCB{Local: here, Remote: there})
	mate = c.held(c.peer, &tcp.TCB{Local: there, Remote: here})
	a.b.Snd.ISS, a.b.Rcv.IRS = 100, 300
	mate.b.Snd.ISS, mate.b.Rcv.IRS = 300, 100
	return c, a, mate
}

func TestStreams(t *testing.T) {
	for _, test := range []struct {
		does func(a, mate *app)
		says string
	}{
		{func(a, mate *app) {}, ""},
		{func(a, mate *app) { a.written, mate.read = 5, 5 }, ""},
		{func(a, mate *app) { a.written, mate.read = 5, 4 }, "all that was written is read"},
		{func(a, mate *app) { mate.written = 5 }, "all that was written is read"},
		{func(a, mate *app) { a.b.Err = syscall.ECONNRESET }, "ends in good order"},
		{func(a, mate *app) { mate.b.Err = syscall.ECONNRESET }, "ends in good order"},
		{func(a, mate *app) { mate.b.Err, mate.aborted, a.early = syscall.ECONNRESET, true, true }, ""},
		{func(a, mate *app) { a.b.Err = syscall.ECONNREFUSED }, ""},
		{func(a, mate *app) { a.b.Err, a.b.RTO.First = syscall.ETIMEDOUT, began.Add(-time.Second) }, ""},
		{func(a, mate *app) { a.b.Err, a.b.RTO.First = syscall.ETIMEDOUT, began.Add(time.Second) }, "ends in good order"},
	} {
		c, a, mate := pair()
		test.does(a, mate)
		require.Equal(t, mate, c.mate(a))
		c.judgeStreams(a, mate)
		if test.says == "" {
			assert.Nil(t, c.failure)
		} else if assert.NotNil(t, c.failure, test.says) {
			assert.Contains(t, c.failure.says, test.says)
		}
	}
}

// A stranger may have made a conversation slow: then it has to get on, not to end.
func TestGettingOn(t *testing.T) {
	c, a, _ := pair()
	a.b.State, a.b.Snd.Una = tcp.Closing, 150
	assert.False(t, c.gettingOn(0), "nobody has forged anything")
	c.honest = false
	assert.True(t, c.gettingOn(49))
	assert.False(t, c.gettingOn(50), "nothing was acknowledged since")
	a.b.State = tcp.Closed
	assert.False(t, c.gettingOn(0), "whose socket is gone")
}

func TestRead(t *testing.T) {
	c, a, mate := pair()
	a.read, mate.written = 6, 5
	c.judgeRead(a, mate, nil)
	require.NotNil(t, c.failure)
	assert.Contains(t, c.failure.says, "no more is read than was written")

	c, a, mate = pair()
	a.read, mate.written = 4, 5
	c.judgeRead(a, mate, nil)
	assert.Nil(t, c.failure)
	c.judgeRead(a, mate, io.EOF)
	require.NotNil(t, c.failure)
	assert.Contains(t, c.failure.says, "the end of the stream comes after all that was written")

	c, a, mate = pair()
	c.judgeRead(a, mate, io.EOF)
	assert.NotNil(t, c.failure, "nobody has closed")
}

// A stream tells where each byte stands, in both directions past the wrap.
func TestText(t *testing.T) {
	assert.Equal(t, text(0, 10), text(1<<16, 10))
	assert.Equal(t, text(-1, 11)[1:], text(0, 10))
	assert.Equal(t, text(60_000, 200_000)[5_536:5_546], text(0, 10))
	assert.NotEqual(t, text(0, 10), text(26, 10))
}

// To leave an action out changes none of the others.
func TestActionsAreTheirOwn(t *testing.T) {
	one, again := dice(7), dice(7)
	for range 100 {
		assert.Equal(t, one.next(), again.next())
	}
	assert.Equal(t, givenActions(3, 17), givenActions(3, 17))
	assert.NotEqual(t, givenActions(3, 17), givenActions(3, 18))
	assert.NotEqual(t, givenActions(3, 17), givenActions(4, 17))
}

// The setups are as varied as they are meant to be.
func TestSetups(t *testing.T) {
	const n = 4000
	count := make(map[string]int)
	for chapter := 2; chapter <= 5; chapter++ {
		for i := range n {
			s := givenSetup(chapter, i)
			open := s.begins == opened || s.begins == accepted || s.begins == inState
			for what, is := range map[string]bool{
				"honest": s.honest, "open": open, "IPv6": s.addresses == sixth, "alone": s.alone,
			} {
				if is {
					count[fmt.Sprintf("%d %s", chapter, what)]++
				}
			}
			for _, number := range []tcp.Seq{s.iss, s.irs} {
				below := min(uint32(-number), uint32(1<<31-number))
				require.Less(t, below, uint32(3*1460+100), "one to three segments below 2^31 or 2^32")
				require.Positive(t, below)
			}
		}
		assert.InDelta(t, n/2, count[fmt.Sprintf("%d honest", chapter)], 1)
		assert.InDelta(t, n/4, count[fmt.Sprintf("%d IPv6", chapter)], n/20)
		if chapter > 2 {
			assert.InDelta(t, 7*n/8, count[fmt.Sprintf("%d open", chapter)], n/20)
		}
	}
	assert.InDelta(t, n/2, count["2 alone"], 1)
	assert.Zero(t, count["3 alone"]+count["4 alone"]+count["5 alone"])
}

func TestCutDown(t *testing.T) {
	all := givenActions(1, 3)
	require.Greater(t, len(all), 20)
	keep := []action{all[3], all[11], all[12]}
	var c cutter
	cut := c.actions(all, func(some []action) bool {
		found := 0
		for _, a := range some {
			if found < len(keep) && a == keep[found] {
				found++
			}
		}
		return found == len(keep)
	})
	assert.Equal(t, keep, cut)
	assert.Less(t, c.trials, mostTrials)

	s := givenSetup(3, 7)
	plain := c.setup(s, func(o setup) bool { return o.settings.Timestamps == s.settings.Timestamps })
	assert.Equal(t, plainISS, plain.iss)
	assert.Equal(t, fourth, plain.addresses)
	assert.Equal(t, 1500, plain.settings.MTU)

	endless := 0
	(&cutter{}).actions(make([]action, 5000), func([]action) bool { endless++; return false })
	assert.LessOrEqual(t, endless, mostTrials)
}
