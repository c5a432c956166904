package storm

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// A tableTrial is random calls of chapter 1 on one table, beside a model of it. It stops
// at the first that does not agree.
type tableTrial struct {
	chapter stack.Socket
	table   *tcp.Table
	model   model
	config  tcp.Config
	sockets []*tcp.TCB
	names   map[*tcp.TCB]string
	lots    map[*tcp.TCB]uint64 // see pick
	deleted map[*tcp.TCB]bool
	calls   []string
	failure *failure
}

// holdTable makes the calls on a new table.
func holdTable(chapter stack.Socket, actions []action, returned func()) *tableTrial {
	t := &tableTrial{
		chapter: chapter, table: tcp.NewTable(), config: tcp.DefaultConfig(),
		names: make(map[*tcp.TCB]string), deleted: make(map[*tcp.TCB]bool),
		lots: make(map[*tcp.TCB]uint64),
	}
	for _, a := range actions {
		t.act(dice(a))
		returned()
		if t.failure != nil {
			break
		}
	}
	return t
}

// The ends that the calls are about.
var (
	locals = []netip.Addr{
		script.Address("10.0.0.1"), script.Address("10.0.0.1"), script.Address("10.0.0.2"),
		{}, {}, script.Address("2001:db8::1"),
	}
	remotes = []netip.Addr{
		script.Address("10.0.0.9"), script.Address("10.0.0.9"), script.Address("10.0.0.8"),
		script.Address("10.0.0.1"), script.Address("2001:db8::9"),
	}
	nobodysAddresses = []netip.Addr{
		{}, netip.MustParseAddr("255.255.255.255"), netip.MustParseAddr("224.0.0.1"),
		netip.MustParseAddr("ff02::1"), netip.MustParseAddr("0.0.0.0"), netip.MustParseAddr("::"),
		netip.MustParseAddr("239.255.255.255"),
	}
)

// hostAddr draws one of the host's addresses, and localAddr one to listen at.
func hostAddr(d *dice) netip.Addr  { return choose(d, locals[0], locals[2], locals[5]) }
func localAddr(d *dice) netip.Addr { return choose(d, locals...) }

func remoteEnd(d *dice) netip.AddrPort {
	addr := choose(d, remotes...)
	if d.one(20) {
		addr = choose(d, nobodysAddresses...)
	}
	return netip.AddrPortFrom(addr, somePort(d))
}

func somePort(d *dice) uint16 {
	server := script.ServerPort
	return choose[uint16](d, server, server, server+1, tcp.FirstEphemeralPort, tcp.FirstEphemeralPort+1, tcp.LastEphemeralPort)
}

// act makes one call.
func (t *tableTrial) act(d dice) {
	var b *tcp.TCB
	if wish := d.next(); len(t.sockets) > 0 && !d.one(8) {
		b = t.pick(wish)
	}
	switch kind := d.roll(16); {
	case kind < 5:
		t.bind(&d)
	case kind < 6:
		t.attach(&d, t.newSocket(&d, choose(&d, tcp.SynReceived, tcp.Established, tcp.TimeWait, tcp.Listen), true))
	case b == nil:
	case kind < 10:
		t.attach(&d, b)
	case kind < 12:
		t.delete(b)
	case kind < 13:
		if b.State != tcp.Listen && t.model.connected(b) {
			b.State = choose(&d, tcp.SynSent, tcp.Established, tcp.CloseWait, tcp.TimeWait)
			t.note("%s goes to %v", t.names[b], b.State)
		}
	case kind < 15:
		t.lookup(&d, b)
	default:
		t.answer(&d, b)
	}
	if t.failure == nil {
		t.compare()
	}
}

// pick returns a socket, such that it is the same when some of the others are not there.
func (t *tableTrial) pick(wish uint64) *tcp.TCB {
	return slices.MaxFunc(t.sockets, func(a, b *tcp.TCB) int {
		return cmp.Compare(t.lots[a]*wish, t.lots[b]*wish)
	})
}

func (t *tableTrial) note(format string, args ...any) {
	t.calls = append(t.calls, fmt.Sprintf(format, args...))
}

func (t *tableTrial) fail(says, found, see string) {
	if t.failure == nil {
		t.failure = &failure{says: says, found: found, see: see}
	}
}

// newSocket makes a socket that no table knows. One that was asked for has its names.
func (t *tableTrial) newSocket(d *dice, state tcp.State, named bool) *tcp.TCB {
	b := tcp.NewTCB(&t.config)
	b.State, b.Reuse = state, d.one(3)
	if named {
		b.Local = netip.AddrPortFrom(hostAddr(d), somePort(d))
		if state != tcp.Listen {
			b.Remote = remoteEnd(d)
		}
	}
	t.names[b] = fmt.Sprintf("socket %d", len(t.sockets)+1)
	t.lots[b] = d.next() | 1
	t.sockets = append(t.sockets, b)
	return b
}

// bind binds a new socket: one that will listen, or one that is about to connect.
func (t *tableTrial) bind(d *dice) {
	b := t.newSocket(d, tcp.Closed, false)
	local, start := netip.AddrPortFrom(localAddr(d), somePort(d)), uint16(d.roll(1<<16))
	if d.one(20) {
		local = netip.AddrPortFrom(choose(d, nobodysAddresses[1:4]...), local.Port())
	}
	if d.one(2) { // who connects does so from an address
		if b.Remote = remoteEnd(d); !b.Remote.IsValid() {
			b.Remote = netip.AddrPort{}
		}
		local = netip.AddrPortFrom(hostAddr(d), local.Port())
	}
	if d.one(2) {
		local = netip.AddrPortFrom(local.Addr(), 0)
		start = uint16(choose(d, 0, 0, 1, 16383, 16384, int(start)))
	}
	what := fmt.Sprintf("Bind(%s, %s, start %d)", t.names[b], tcp.Endpoint(local), start)
	if local.Port() == 0 {
		what = fmt.Sprintf("Bind(%s, port 0, start %d)", t.names[b], start)
		if local.Addr().IsValid() {
			what = fmt.Sprintf("Bind(%s, %v, port 0, start %d)", t.names[b], local.Addr(), start)
		}
	}
	t.note("%s%s", what, described(b))
	before := *b
	err := t.chapter.Bind(t.table, b, local, start)
	t.kept(b, &before, err)
	t.judgeBind(b, &before, local, start, err)
	if err == nil {
		t.model.hold(b)
	}
}

// described tells what a call to a socket depends on besides.
func described(b *tcp.TCB) string {
	var parts []string
	if b.Remote.IsValid() {
		parts = append(parts, "to connect to "+b.Remote.String())
	}
	if b.Reuse {
		parts = append(parts, "with reuse")
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, ", ")
}

// kept: a call changes nothing of a socket but, in Bind, its local end.
func (t *tableTrial) kept(b, before *tcp.TCB, err error) {
	local := b.Local
	now := *b
	now.Local, now.Outbox, now.Rcv.Blocks = before.Local, nil, nil
	was := *before
	was.Outbox, was.Rcv.Blocks = nil, nil
	switch {
	case err != nil && local != before.Local:
		t.fail("an error changes nothing", fmt.Sprintf("but b.Local is %s now", tcp.Endpoint(local)), "")
	case now.State != was.State || now.Remote != was.Remote || now.Reuse != was.Reuse ||
		now.Passive != was.Passive || now.Timers != was.Timers || now.Err != was.Err:
		t.fail("chapter 1 changes nothing of a socket but, in Bind, its local end", "but it has changed more of it", "")
	}
}

func (t *tableTrial) judgeBind(b, before *tcp.TCB, local netip.AddrPort, start uint16, err error) {
	const see = "RFC 9293 §3.10.1"
	may := t.model.mayBind(before, local, start)
	switch {
	case err == nil && !may.success:
		t.fail(may.says, fmt.Sprintf("want an error, but the socket got %s", tcp.Endpoint(b.Local)), see)
	case err != nil && len(may.errors) == 0:
		t.fail(may.says, fmt.Sprintf("want no error, got %q", err), see)
	case err != nil && !may.allows(err):
		t.fail(may.says, fmt.Sprintf("want %q, got %q", may.errors[0], err), see)
	case err == nil && local.Port() != 0 && b.Local != local:
		t.fail("Bind gives a socket the end that it asks for",
			fmt.Sprintf("want b.Local = %s, got %s", tcp.Endpoint(local), tcp.Endpoint(b.Local)), see)
	case err == nil && local.Port() == 0:
		if broken := t.model.judgeEphemeral(before, b.Local, local.Addr(), start); broken != "" {
			t.fail(broken, "but the socket got "+tcp.Endpoint(b.Local), "RFC 6056 §3")
		}
	}
}

func (t *tableTrial) attach(d *dice, b *tcp.TCB) {
	e := t.model.of(b)
	if e.listens || e.connects || b.Local.Port() == 0 || t.deleted[b] {
		return
	}
	if b.State == tcp.Closed {
		b.State = tcp.Listen
		if b.Remote.IsValid() {
			b.State = tcp.SynSent
		}
	}
	reuse := ""
	if b.Reuse {
		reuse = ", with reuse"
	}
	t.note("Attach(%s: %v %v)%s", t.names[b], b.State, b.Tuple(), reuse)
	before := *b
	want, says := t.model.mayAttach(b)
	err := t.chapter.Attach(t.table, b)
	t.kept(b, &before, err)
	ok := len(want) == 0 && err == nil
	for _, w := range want {
		ok = ok || errors.Is(err, w)
	}
	if !ok {
		wanted := "no error"
		if len(want) > 0 {
			wanted = fmt.Sprintf("%q", want[0])
		}
		t.fail(says, fmt.Sprintf("want %s, got %v", wanted, err), "RFC 9293 §3.10.1")
	}
	if err == nil {
		t.model.attach(b)
	} else if b.State == tcp.SynSent || b.State == tcp.Listen {
		b.State = tcp.Closed
	}
}

func (t *tableTrial) delete(b *tcp.TCB) {
	t.note("Delete(%s)", t.names[b])
	before := *b
	t.chapter.Delete(t.table, b)
	t.kept(b, &before, nil)
	t.model.delete(b)
	t.deleted[b] = true
}

// segment makes a segment for a socket, or about one.
func (t *tableTrial) segment(d *dice, b *tcp.TCB) tcp.Segment {
	seg := tcp.Segment{Src: b.Remote, Dst: b.Local, Seq: tcp.Seq(d.next()), Ack: tcp.Seq(d.next())}
	if !seg.Src.IsValid() || d.one(4) {
		seg.Src = remoteEnd(d)
	}
	if !seg.Dst.Addr().IsValid() || d.one(6) {
		seg.Dst = netip.AddrPortFrom(hostAddr(d), max(1, b.Local.Port()))
	}
	if d.one(16) {
		seg.Src = seg.Dst
	}
	if d.one(16) {
		seg.Dst = netip.AddrPortFrom(choose(d, nobodysAddresses...), seg.Dst.Port())
	}
	seg.Flags = choose(d, tcp.SYN, tcp.ACK, tcp.ACK|tcp.PSH, tcp.FIN|tcp.ACK, tcp.SYN|tcp.ACK, tcp.SYN|tcp.FIN,
		tcp.RST, tcp.RST|tcp.ACK, tcp.Flags(d.roll(256)))
	seg.Payload = make([]byte, choose(d, 0, 0, 1, 10))
	return seg
}

func (t *tableTrial) lookup(d *dice, b *tcp.TCB) {
	seg := t.segment(d, b)
	t.note("Lookup(%s from %s to %s)", seg.String(), tcp.Endpoint(seg.Src), tcp.Endpoint(seg.Dst))
	want, says := t.model.lookup(&seg)
	if got := t.chapter.Lookup(t.table, &seg); got != want {
		t.fail(says, fmt.Sprintf("want Lookup to find %s, got %s", t.name(want), t.name(got)), "RFC 9293 §3.10.7")
	}
}

func (t *tableTrial) name(b *tcp.TCB) string {
	if b == nil {
		return "no socket"
	}
	return t.names[b]
}

func (t *tableTrial) answer(d *dice, b *tcp.TCB) {
	seg := t.segment(d, b)
	t.note("Answer(%s from %s to %s)", seg.String(), tcp.Endpoint(seg.Src), tcp.Endpoint(seg.Dst))
	want, answered := answerTo(&seg)
	got, ok := t.chapter.Answer(&seg)
	switch {
	case ok && !answered:
		t.fail("a RST, and a segment whose addresses can be nobody's, get no answer", "but this one got "+got.String(), "RFC 9293 §3.10.7.1")
	case !ok && answered:
		t.fail("a segment for which there is no socket is refused", "want "+want.String()+", but there was no answer", "RFC 9293 §3.10.7.1")
	case ok && (got.Seq != want.Seq || got.Flags != want.Flags || got.Flags.Has(tcp.ACK) && got.Ack != want.Ack || len(got.Payload) > 0):
		t.fail("who sends to no socket gets a RST that he believes", "want "+want.String()+", got "+got.String(), "RFC 9293 §3.10.7.1")
	}
}

// compare holds the table against the model.
func (t *tableTrial) compare() {
	for _, e := range t.model.entries {
		b := e.b
		if e.listens && t.table.Listeners[b.Local] != b {
			t.fail("a listener that was attached is found until it is deleted", "but "+t.names[b]+" is not in t.Listeners", "")
		}
		if e.connects && t.table.Connections[b.Tuple()] != b {
			t.fail("a connection that was attached is found until it is deleted", "but "+t.names[b]+" is not in t.Connections", "")
		}
		if _, holds := t.table.Ports[b.Local.Port()][b]; e.holds && !holds {
			t.fail("a socket that was bound or attached holds its port until it is deleted", "but "+t.names[b]+" is not in t.Ports", "")
		}
	}
	for end, b := range t.table.Listeners {
		if e := t.model.of(b); !e.listens || b.Local != end {
			t.fail("t.Listeners holds the listeners, and nothing else", "but "+tcp.Endpoint(end)+" is there, for "+t.name(b), "")
		}
	}
	for tuple, b := range t.table.Connections {
		if e := t.model.of(b); !e.connects || b.Tuple() != tuple {
			t.fail("t.Connections holds the connections, and nothing else", "but "+tuple.String()+" is there, for "+t.name(b), "")
		}
	}
	for port, holders := range t.table.Ports {
		for b := range holders {
			if e := t.model.of(b); !e.holds || b.Local.Port() != port {
				t.fail("t.Ports holds the sockets that have the port, and nothing else: a refusal and Delete leave nothing behind",
					fmt.Sprintf("but %s is there with port %d", t.name(b), port), "")
			}
		}
	}
}

// record has nothing to show: nobody talks to anybody here.
func (t *tableTrial) record(string, int, int) error { return nil }

// message says what went wrong.
func (t *tableTrial) message(test string, n, all int) string {
	f := t.failure
	lines := []string{workbook.Heading(test, f.says), workbook.Say(f.found)}
	tail := workbook.Advice(test, f.likely, f.see)
	tail = append(tail, workbook.Say(
		fmt.Sprintf("storm:  table %d of %d, cut down to what it takes", n+1, all)))
	lines = append(lines, workbook.Say("so far:"))
	calls := t.calls
	if most := mostLines - 2 - len(lines) - len(tail); len(calls) > most {
		lines = append(lines, "    "+workbook.Say(fmt.Sprintf("… %d calls …", len(calls)-most)))
		calls = calls[len(calls)-most:]
	}
	for _, call := range calls {
		lines = append(lines, "    "+workbook.Say(call))
	}
	lines = append(lines, tail...)
	for i, line := range lines {
		lines[i] = workbook.Printable(line)
	}
	return strings.Join(lines, "\n")
}
