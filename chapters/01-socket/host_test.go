package socket

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// What the tests of this chapter run: your sockets, and nothing of what comes
// later.
var chapters = stack.Chapters{Socket: Chapter{}}

// A testHost is a host's table, on which the tests make the calls that the stack
// would make, one by one. A failing test shows what they were.
type testHost struct {
	script *script.Script
	table  *tcp.Table
	config tcp.Config
	names  map[*tcp.TCB]string
	calls  []string
	before []string // what was in the table before the last of them
}

// givenHost makes a host without sockets; see says where to read on.
func givenHost(t *testing.T, see string) *testHost {
	t.Helper()
	return &testHost{
		script: script.New(t, chapters, script.Reading(see)),
		table:  tcp.NewTable(),
		config: tcp.DefaultConfig(),
		names:  make(map[*tcp.TCB]string),
	}
}

// socket makes a socket that no table knows yet. remote may be "".
func (h *testHost) socket(name string, state tcp.State, local, remote string) *tcp.TCB {
	b := tcp.NewTCB(&h.config)
	b.State, b.Local, b.Remote = state, testEnd(local), testEnd(remote)
	if state == tcp.Listen {
		b.Listener = &tcp.Listener{Backlog: 1}
	}
	h.names[b] = name
	return b
}

// testEnd reads "10.0.0.1:80", or what a seed puts in its place; "*:80" is port 80 on every
// address, "" is nothing.
func testEnd(text string) netip.AddrPort {
	if port, every := strings.CutPrefix(text, "*:"); every {
		return netip.AddrPortFrom(netip.Addr{}, script.End("0.0.0.0:"+port).Port())
	}
	if text == "" {
		return netip.AddrPort{}
	}
	return script.End(text)
}

// testShown writes an end that the tests write so as what stands for it.
func testShown(text string) string {
	if end := testEnd(text); end.Port() != 0 {
		return testWritten(end)
	}
	return strings.Replace(text, "10.0.0.1", script.You.String(), 1) // any port will do
}

func testWritten(p netip.AddrPort) string {
	if p == (netip.AddrPort{}) {
		return "nothing"
	}
	if !p.Addr().IsValid() {
		return fmt.Sprintf("*:%d", p.Port())
	}
	return p.String()
}

// attached makes a socket and has Attach enter it, which must not fail.
func (h *testHost) attached(t *testing.T, name string, state tcp.State, local, remote string) *tcp.TCB {
	t.Helper()
	b := h.socket(name, state, local, remote)
	h.attach(t, "nothing is in the way of "+name, b, nil,
		script.If(state == tcp.Listen, "only a listener at the very same end is in the way: between the others the best match decides."),
		script.Likely("only a connection with the very same four-tuple is in the way; and what a listener's clients bring about was never bound."))
	return b
}

// tryAttach returns what Attach returns.
func (h *testHost) tryAttach(t *testing.T, b *tcp.TCB) (err error) {
	t.Helper()
	ends := testWritten(b.Local)
	if b.Remote.IsValid() {
		ends += " ↔ " + b.Remote.String()
	}
	h.guard(t, fmt.Sprintf("Attach(%s: %v %s)", h.names[b], b.State, ends), func() { err = Chapter{}.Attach(h.table, b) })
	return err
}

func (h *testHost) attach(t *testing.T, reason string, b *tcp.TCB, want error, hints ...script.Hint) {
	t.Helper()
	before := *b
	err := h.tryAttach(t, b)
	noPeer := b.State == tcp.Listen && errors.Is(err, syscall.ENETUNREACH)
	h.wantError(t, reason, want, err, append([]script.Hint{
		script.If(noPeer, "a listener has no peer yet: ask about the remote address only of the others."),
	}, hints...))
	switch {
	case b.Local != before.Local:
		h.fail(t, "Attach enters a socket under the names that it has", fmt.Sprintf("want b.Local = %s as before, got %s", testWritten(before.Local), testWritten(b.Local)),
			script.Likely("the socket is its owner's: leave b.Local as it is."))
	case b.State == tcp.Listen && h.table.Connections[b.Tuple()] == b:
		h.fail(t, "a listener has no peer, and is no connection", "want it in t.Listeners alone, but it is in t.Connections, too",
			script.Likely("t.Connections is for the sockets that have a peer: return when you have entered a listener."))
	}
	h.kept(t, b, &before)
}

// kept expects that a call has changed nothing of a socket but perhaps its local end.
func (h *testHost) kept(t *testing.T, b, before *tcp.TCB) {
	t.Helper()
	for _, c := range []struct {
		name    string
		changed bool
	}{
		{"b.State", b.State != before.State}, {"b.Remote", b.Remote != before.Remote}, {"b.Reuse", b.Reuse != before.Reuse},
		{"b.Passive", b.Passive != before.Passive}, {"b.Listener", b.Listener != before.Listener}, {"b.Parent", b.Parent != before.Parent},
	} {
		if c.changed {
			h.fail(t, "chapter 1 enters sockets in the table and takes them out: the socket itself stays as it is, but for b.Local in Bind",
				"but "+c.name+" was changed", script.Likely("the socket is its owner's: with an error, too, leave what is not yours to set."))
		}
	}
}

func (h *testHost) bind(t *testing.T, reason string, b *tcp.TCB, local string, start uint16, want error, hints ...script.Hint) {
	t.Helper()
	var err error
	was, before, asked := *b, b.Local, testEnd(local)
	shown := testShown(local)
	call := fmt.Sprintf("Bind(%s, %s, start %d)", h.names[b], shown, start)
	h.guard(t, call, func() { err = Chapter{}.Bind(h.table, b, asked, start) })
	h.wantError(t, reason, want, err, hints)
	switch {
	case err != nil && b.Local != before:
		h.fail(t, "an error changes nothing", fmt.Sprintf("want b.Local = %s as before, got %s", testWritten(before), testWritten(b.Local)),
			script.Likely("set b.Local when it is certain that the socket can have the port, not while you look."))
	case err == nil && asked.Port() != 0 && b.Local != asked:
		h.fail(t, reason, fmt.Sprintf("want b.Local = %s, got %s", shown, testWritten(b.Local)),
			script.If(!asked.Addr().IsValid() && b.Local.Addr().IsUnspecified(), "every address is written as the zero netip.Addr, and 0.0.0.0 is another: keep it as it came."),
			script.Likely("Bind gives the socket its name: set b.Local."))
	}
	h.kept(t, b, &was)
}

// givenConnected are the states of a socket that has a peer, and is not in CLOSED.
var givenConnected = []tcp.State{
	tcp.SynSent, tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait,
}

// connected makes a connection at port 80 that a listener's client brought about, or,
// if it is not passive, one that this host opened.
func (h *testHost) connected(t *testing.T, state tcp.State, passive bool) *tcp.TCB {
	t.Helper()
	b := h.socket("the connection", state, "10.0.0.1:80", "10.0.0.2:50000")
	if b.Passive = passive; passive {
		b.Parent = h.socket("its listener", tcp.Listen, "10.0.0.1:80", "") // and waits to be accepted
	}
	h.attach(t, "nothing is in the way of the connection", b, nil)
	return b
}

// held makes a socket that holds a port as a socket in this state would, with
// Bind where it has no peer and with Attach where it has one.
func (h *testHost) held(t *testing.T, name string, state tcp.State, local, remote string) *tcp.TCB {
	t.Helper()
	if remote != "" {
		return h.attached(t, name, state, local, remote)
	}
	b := h.socket(name, tcp.Closed, "", "")
	h.bind(t, "the port is free", b, local, 0, nil)
	if state == tcp.Listen {
		b.State = tcp.Listen
		h.attach(t, "it is bound, so it can listen", b, nil)
	}
	return b
}

// holds reports whether the table says that b holds a port.
func (h *testHost) holds(b *tcp.TCB, port uint16) bool {
	_, held := h.table.Ports[port][b]
	return held
}

func (h *testHost) delete(t *testing.T, b *tcp.TCB) {
	t.Helper()
	before := *b
	h.guard(t, fmt.Sprintf("Delete(%s)", h.names[b]), func() { Chapter{}.Delete(h.table, b) })
	if b.Local != before.Local {
		h.fail(t, "a deleted socket keeps its names", fmt.Sprintf("want b.Local = %s as before, got %s", testWritten(before.Local), testWritten(b.Local)),
			script.Likely("take the socket out of the table, and leave the socket: its application may still ask for its names."))
	}
	h.kept(t, b, &before)
}

// lookup expects that a segment from src to dst finds the socket want, nil for
// none.
func (h *testHost) lookup(t *testing.T, reason, src, dst string, want *tcp.TCB, hints ...script.Hint) {
	t.Helper()
	var got *tcp.TCB
	seg := tcp.Segment{Src: testEnd(src), Dst: testEnd(dst), Flags: tcp.ACK, Seq: script.IRS, Ack: script.ISS}
	h.guard(t, fmt.Sprintf("Lookup(segment from %v to %v)", seg.Src, seg.Dst), func() { got = Chapter{}.Lookup(h.table, &seg) })
	if got != want {
		h.fail(t, reason, fmt.Sprintf("want Lookup to find %s, got %s", h.name(want), h.name(got)), hints...)
	}
}

func (h *testHost) name(b *tcp.TCB) string {
	if b == nil {
		return "no socket"
	}
	if name := h.names[b]; name != "" {
		return name
	}
	return "a socket that the test does not know"
}

func (h *testHost) wantError(t *testing.T, reason string, want, got error, hints []script.Hint) {
	t.Helper()
	if !script.Is(got, want) {
		h.fail(t, reason, fmt.Sprintf("want %s, got %s", testErrorName(want), testErrorName(got)), hints...)
	}
}

func testErrorName(err error) string {
	if err == nil {
		return "no error"
	}
	for name, e := range map[string]error{"EADDRINUSE": syscall.EADDRINUSE, "EADDRNOTAVAIL": syscall.EADDRNOTAVAIL, "ENETUNREACH": syscall.ENETUNREACH} {
		if errors.Is(err, e) {
			return fmt.Sprintf("%s (%v)", name, err)
		}
	}
	return fmt.Sprintf("the error %q", err.Error())
}

// testPatience is how long a call may take, in real time. None needs a thousandth,
// unless it looks at 16384 connections for each of 16384 ports.
const testPatience = time.Minute

// guard makes a call, and fails the test if it panics or does not return.
func (h *testHost) guard(t *testing.T, call string, f func()) {
	t.Helper()
	h.calls, h.before = append(h.calls, call), h.entries()
	h.script.Guarded(call, testPatience, f, h.soFar(12), script.Likely("an endless loop: does the search end when it has looked at every port once? Or one that looks at every connection for every port: t.Connections is a map, ask it."))
}

// soFar lists the last calls, so many at most.
func (h *testHost) soFar(most int) []string {
	lines := []string{"so far:"}
	calls := h.calls
	if len(calls) > most {
		lines = append(lines, fmt.Sprintf("    … %d calls …", len(calls)-most))
		calls = calls[len(calls)-most:]
	}
	for _, call := range calls {
		lines = append(lines, "    "+call)
	}
	return lines
}

// fail ends the test, and shows the calls that led there.
func (h *testHost) fail(t *testing.T, reason, what string, hints ...script.Hint) {
	t.Helper()
	lines := append([]string{what}, h.soFar(6)...)
	lines = append(lines, h.change()...)
	h.script.Fail(reason, strings.Join(lines, "\n"), hints...)
}

// testManyPorts is from how many ports on nobody would read a list of them.
const testManyPorts = 100

// entries lists what is in the table's three maps, in order; nothing of a table that is
// large.
func (h *testHost) entries() []string {
	var all []string
	if len(h.table.Ports)+len(h.table.Connections) > testManyPorts {
		return nil
	}
	for local, b := range h.table.Listeners {
		all = append(all, fmt.Sprintf("Listeners    %s: %s", testWritten(local), h.name(b)))
	}
	for tuple, b := range h.table.Connections {
		all = append(all, fmt.Sprintf("Connections  %s: %s", tuple, h.name(b)))
	}
	for port, sockets := range h.table.Ports {
		if len(sockets) == 0 {
			all = append(all, fmt.Sprintf("Ports        %d: nobody", port))
		}
		for b := range sockets {
			all = append(all, fmt.Sprintf("Ports        %d: %s", port, h.name(b)))
		}
	}
	slices.Sort(all)
	return all
}

// change shows the table as it is, and what the last call has entered (+) and taken out (-):
// that first, where there is more than a few lines have room for.
func (h *testHost) change() []string {
	const most = 6
	after := h.entries()
	var changed, same []string
	for _, entry := range after {
		if slices.Contains(h.before, entry) {
			same = append(same, "      "+entry)
		} else {
			changed = append(changed, "    "+fmt.Sprintf("+ %s", entry))
		}
	}
	for _, entry := range h.before {
		if !slices.Contains(after, entry) {
			changed = append(changed, "    "+fmt.Sprintf("- %s", entry))
		}
	}
	rows := append(changed, same...)
	switch {
	case len(h.table.Ports)+len(h.table.Connections) > testManyPorts:
		return nil
	case len(rows) == 0:
		return []string{"the table is empty, and was before the last call"}
	case len(changed) == 0:
		rows = append([]string{"the table, in which the last call has changed nothing:"}, rows...)
	default:
		rows = append([]string{"the table after the last call (+ entered, - taken out):"}, rows...)
	}
	if over := len(rows) - 1 - most; over > 0 {
		rows = append(rows[:most:most], fmt.Sprintf("      … and %d more …", over+1))
	}
	return rows
}
