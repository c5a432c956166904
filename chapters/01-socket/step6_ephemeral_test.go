package socket

import (
	"fmt"
	"net/netip"
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const (
	sectionEphemeral = "RFC 6335 §6; RFC 6056 §3"

	givenFirstPort = tcp.FirstEphemeralPort
	givenLastPort  = tcp.LastEphemeralPort
	givenAllPorts  = givenLastPort - givenFirstPort + 1
)

func TestStep6_BeginWhereYouAreTold(t *testing.T) {
	for _, c := range []struct {
		start uint16
		want  int
	}{{0, givenFirstPort}, {1, givenFirstPort + 1}, {1000, givenFirstPort + 1000}, {givenAllPorts - 1, givenLastPort}, {givenAllPorts, givenFirstPort}, {65535, givenLastPort}} {
		h := givenHost(t, sectionEphemeral)
		b := h.socket("the client", tcp.Closed, "", "10.0.0.2:80")
		h.bind(t, "any port will do", b, "10.0.0.1:0", c.start, nil)
		if got := int(b.Local.Port()); got != c.want {
			h.fail(t, "the search begins start places into the range, and every port is free",
				fmt.Sprintf("want port %d, got %d", c.want, got),
				script.If(got == 0 && c.start == 0, "port 0 is no port but a wish: choose one."),
				script.If(got < givenFirstPort, "ports are numbers of 16 bits: add in an int, take start modulo the size of the range, convert last."),
				script.Likely("port = tcp.FirstEphemeralPort + start modulo the size of the range."))
		}
		if b.Local.Addr() != script.You {
			h.fail(t, "only the port is chosen", fmt.Sprintf("want the address %v, got %s", script.You, testWritten(b.Local)))
		}
	}
}

func TestStep6_AnyPortOnEveryAddress(t *testing.T) {
	h := givenHost(t, sectionEphemeral)
	b := h.socket("a listener to be", tcp.Closed, "", "")
	h.bind(t, "a server that tells its clients the port may have any", b, "*:0", 1000, nil,
		script.Likely("the zero Addr is every address, and no wrong one: Listen(\":0\") asks for this."))
	if want := netip.AddrPortFrom(netip.Addr{}, givenFirstPort+1000); b.Local != want {
		h.fail(t, "the address stays as it came, and the search begins start places into the range",
			fmt.Sprintf("want b.Local = %s, got %s", testWritten(want), testWritten(b.Local)),
			script.If(b.Local.Port() == 0, "port 0 is no port but a wish: choose one."),
			script.If(b.Local.Addr().IsUnspecified(), "every address is written as the zero netip.Addr, and 0.0.0.0 is another: keep it as it came."),
			script.Likely("choose the port as for any other address, and put it behind the address that came."))
	}
}

func TestStep6_PassOverWhatIsHeld(t *testing.T) {
	h := givenHost(t, sectionEphemeral)
	seen := make(map[uint16]bool)
	for range 20 {
		b := h.socket("a listener to be", tcp.Closed, "", "")
		h.bind(t, "there are many left", b, "10.0.0.1:0", givenAllPorts-5, nil)
		port := b.Local.Port()
		if port < givenFirstPort || seen[port] {
			h.fail(t, "each socket gets a port of its own, and behind the last one the search goes on with the first",
				fmt.Sprintf("got port %d", port),
				script.If(port == 0 && len(seen) > 0, "port 0 comes after 65535 in 16 bits: the last of the range is 65535, and behind it the search goes on with 49152."),
				script.If(port == 0, "port 0 is no port but a wish: choose one."),
				script.If(seen[port], "this port was given out already: note who holds it, and pass over it."),
				script.Likely("go on modulo the size of the range: it ends with port 65535, and begins with 49152."))
		}
		seen[port] = true
	}
}

func TestStep6_ShareAPortWithOtherPeers(t *testing.T) {
	for _, c := range []struct{ what, local, remote, likely string }{
		{"to another host", "10.0.0.1:49152", "10.0.0.3:80", "else a host could have no more than 16384 connections in all."},
		{"to another port of the same host", "10.0.0.1:49152", "10.0.0.2:443", "the peer is a remote *end*: its port is part of the four-tuple as its address is."},
		{"from another local address", "10.0.0.9:49152", "10.0.0.2:80", "the local address is part of the four-tuple too: look for the whole of it in t.Connections."},
	} {
		for _, state := range []tcp.State{tcp.Established, tcp.SynSent, tcp.TimeWait} {
			h := givenHost(t, sectionEphemeral)
			h.held(t, "the connection", state, c.local, c.remote).Passive = state == tcp.TimeWait
			b := h.socket("the client", tcp.Closed, "", "10.0.0.2:80")
			likely := c.likely
			if state != tcp.Established {
				likely = "a connection is a socket with a peer, b.Remote, in " + state.String() + " too."
			}
			h.wantFirst(t, "the connection is "+c.what+", so the four-tuples differ: the port can be shared", b, likely)
		}
	}
}

// wantFirst expects that a client whose search begins with port 49152 is given it.
func (h *testHost) wantFirst(t *testing.T, reason string, b *tcp.TCB, likely string) {
	t.Helper()
	h.bind(t, "the search begins with port 49152", b, "10.0.0.1:0", 0, nil)
	if got := b.Local.Port(); got != givenFirstPort {
		h.fail(t, reason, fmt.Sprintf("want port 49152, got %d", got),
			script.If(got == 0, "port 0 is no port but a wish: choose one."), script.Likely(likely))
	}
}

func TestStep6_NotTheEndItConnectsTo(t *testing.T) {
	h := givenHost(t, sectionEphemeral)
	other := h.socket("to port 49152 of another host", tcp.Closed, "", "10.0.0.2:49152")
	h.wantFirst(t, "two hosts may use the same port", other, "only the same address *and* the same port are the same end.")
	h = givenHost(t, sectionEphemeral)
	h.notTheFirst(t, "a client is never given the very end that it connects to", h.socket("to port 49152 of this host", tcp.Closed, "", "10.0.0.1:49152"),
		script.Likely("both its ends would be the same, and each of its segments be taken for the land attack (step 1.4): pass over this port."))
}

// notTheFirst expects that a socket that asks for any port, and whose search begins
// with 49152, is given another.
func (h *testHost) notTheFirst(t *testing.T, reason string, b *tcp.TCB, hints ...script.Hint) {
	t.Helper()
	h.bind(t, "the search begins with port 49152", b, "10.0.0.1:0", 0, nil)
	if port := b.Local.Port(); port <= givenFirstPort {
		h.fail(t, reason, fmt.Sprintf("want a port above 49152, got %d", port),
			append([]script.Hint{script.If(port == 0, "port 0 is no port but a wish: choose one.")}, hints...)...)
	}
}

func TestStep6_OneConnectionToOnePeer(t *testing.T) {
	for _, state := range []tcp.State{tcp.SynSent, tcp.Established, tcp.TimeWait} {
		h := givenHost(t, sectionEphemeral)
		h.held(t, "to this peer", state, "10.0.0.1:49152", "10.0.0.2:80")
		h.notTheFirst(t, "to the same peer the port is taken, in "+state.String()+" too", h.socket("to this peer again", tcp.Closed, "", "10.0.0.2:80"),
			script.Likely("look in t.Connections whether the four-tuple is taken."))
	}
}

func TestStep6_DoNotShareWithAListener(t *testing.T) {
	for _, state := range []tcp.State{tcp.Listen, tcp.Closed} {
		for _, local := range []string{"10.0.0.1:49152", "*:49152"} {
			h := givenHost(t, sectionEphemeral)
			h.held(t, "bound", state, local, "")
			h.notTheFirst(t, "a port that a socket without a peer holds is not given to a client", h.socket("the client", tcp.Closed, "", "10.0.0.2:80"),
				script.Likely("the listener's clients could come from anywhere, this peer too: their four-tuples may meet."))
		}
	}
}

func TestStep6_ReuseIsNotForTheSearch(t *testing.T) {
	for _, state := range []tcp.State{tcp.Listen, tcp.Closed} {
		h := givenHost(t, sectionEphemeral)
		h.held(t, "bound", state, "10.0.0.1:49152", "")
		client := h.socket("the client", tcp.Closed, "", "10.0.0.2:80")
		client.Reuse = true
		h.notTheFirst(t, "a port that a socket without a peer holds is not given to a client, reuse or not", client,
			script.Likely("b.Reuse excuses connections, and only for whoever asks for *this* port: here there are others. A client shares none with a socket that has no peer."))
	}
}

func TestStep6_EveryHolderCounts(t *testing.T) {
	for range 8 { // whoever takes the first that a map gives will be wrong once
		h := givenHost(t, sectionEphemeral)
		h.held(t, "the listener", tcp.Listen, "10.0.0.1:49152", "")
		for port := range 7 {
			h.held(t, "a connection", tcp.Established, "10.0.0.1:49152", fmt.Sprintf("10.0.0.3:%d", 50000+port))
		}
		h.notTheFirst(t, "connections hold the port, and a listener among them", h.socket("the client", tcp.Closed, "", "10.0.0.2:80"),
			script.Likely("look at *every* socket that holds the port: a listener may stand beside its connections, and one socket without a peer is enough."))
	}
}

func TestStep6_APortThatNobodyHolds(t *testing.T) {
	for _, c := range []struct {
		state         tcp.State
		local, remote string
	}{
		{tcp.SynSent, "10.0.0.1:49152", "10.0.0.2:80"}, {tcp.Established, "10.0.0.1:49152", "10.0.0.2:80"},
		{tcp.TimeWait, "10.0.0.1:49152", "10.0.0.2:80"}, {tcp.Listen, "10.0.0.9:49152", ""},
		{tcp.Established, "10.0.0.9:49152", "10.0.0.2:80"},
	} {
		for _, reuse := range []bool{false, true} {
			h := givenHost(t, sectionEphemeral)
			h.held(t, "the holder", c.state, c.local, c.remote)
			b := h.socket("a listener to be", tcp.Closed, "", "")
			b.Reuse = reuse
			h.notTheFirst(t, "who asks for any port and has no peer gets one that nobody holds", b,
				script.Likely("the exceptions of step 1.5 are for whoever asks for *this* port: here there are others, so take one with no holders at all."))
		}
	}
}

// Between Bind and Attach the port is the client's already.
func TestStep6_WhatWasGivenIsHeld(t *testing.T) {
	for _, remote := range []string{"10.0.0.2:80", ""} {
		h := givenHost(t, sectionEphemeral)
		first := h.socket("the first", tcp.Closed, "", remote)
		h.wantFirst(t, "nobody holds the port", first, "the search begins with 49152.")
		h.notTheFirst(t, "the first was given this port, and holds it before it is attached", h.socket("a listener to be", tcp.Closed, "", ""),
			script.Likely("Bind holds the port for whomever it gives it to, one that will connect too: enter it in t.Ports at once."))
	}
}

func TestStep6_AnAddressNoHostCanHave(t *testing.T) {
	h := givenHost(t, sectionEphemeral)
	b := h.socket("the socket", tcp.Closed, "", "")
	h.bind(t, "no host has a multicast address, whatever the port", b, "224.0.0.1:0", 0, syscall.EADDRNOTAVAIL,
		script.Likely("look at the address before you look at the port."))
}

// fillPorts enters a connection to remote from every ephemeral port but spared, as Bind and
// Attach would: to ask them 16384 times, with a table that grows, is no test of them.
func (h *testHost) fillPorts(t *testing.T, remote string, spared uint16) {
	t.Helper()
	h.calls = append(h.calls, "16384 connections, one from each ephemeral port")
	for port := givenFirstPort; port <= givenLastPort; port++ {
		if port == int(spared) {
			continue
		}
		b := h.socket("one of many", tcp.Established, fmt.Sprintf("10.0.0.1:%d", port), remote)
		h.table.Connections[b.Tuple()] = b
		h.table.Ports[b.Local.Port()] = map[*tcp.TCB]struct{}{b: {}}
	}
}

func TestStep6_TheLastFreePort(t *testing.T) {
	const spared = 60000
	h := givenHost(t, sectionEphemeral)
	h.fillPorts(t, "10.0.0.2:80", spared)
	for _, start := range []uint16{0, spared - givenFirstPort, spared - givenFirstPort + 1, 65535} {
		b := h.socket("the client", tcp.Closed, "", "10.0.0.2:80")
		h.bind(t, "one port is left", b, "10.0.0.1:0", start, nil,
			script.Likely("the search looks at *every* port once, wherever it begins."))
		if got := b.Local.Port(); got != spared {
			h.fail(t, "one port is left", fmt.Sprintf("want port %d, got %d", spared, got))
		}
		delete(h.table.Ports, spared) // for the next
	}
}

func TestStep6_NoPortLeft(t *testing.T) {
	h := givenHost(t, sectionEphemeral)
	h.fillPorts(t, "10.0.0.2:80", 0)
	b := h.socket("one more", tcp.Closed, "", "10.0.0.2:80")
	h.bind(t, "no port is left to connect to this peer from", b, "10.0.0.1:0", 777, syscall.EADDRNOTAVAIL,
		script.Likely("look at each port once, then give up: who wants to connect is told EADDRNOTAVAIL."))
	l := h.socket("a listener", tcp.Closed, "", "")
	h.bind(t, "no port is left to listen on", l, "10.0.0.1:0", 777, syscall.EADDRINUSE,
		script.Likely("a socket without a peer needs a port that nobody holds; the error is then EADDRINUSE."))
	other := h.socket("to another peer", tcp.Closed, "", "10.0.0.3:80")
	h.bind(t, "another peer is another four-tuple", other, "10.0.0.1:0", 777, nil)
}
