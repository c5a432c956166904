package timewait

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

var (
	givenOtherPort    = script.End("10.0.0.1:50001")
	givenOtherAddress = script.End("10.0.0.9:50000")
	givenElsewhere    = script.End("10.0.0.3:80")
	givenAnyone       = netip.AddrPortFrom(netip.Addr{}, script.ClientPort) // every address of the host
)

// wantError expects err of a call or of Hold.
func wantError(t *testing.T, s *script.Script, reason string, got, want error, hint string) {
	t.Helper()
	if !script.Is(got, want) {
		s.Fail(reason, fmt.Sprintf("want %s, got %s", testName(want), testName(got)), script.Likely(hint))
	}
}

func testName(err error) string {
	switch {
	case err == nil:
		return "no error"
	case errors.Is(err, syscall.EADDRINUSE):
		return "syscall.EADDRINUSE"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "syscall.EADDRNOTAVAIL"
	}
	return fmt.Sprintf("%q", err)
}

func TestStep8_TheFourTuple(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) { b.Timestamps.On = true }))
	b := s.TCB()
	for _, reuse := range []bool{false, true} {
		with := fmt.Sprintf(" (reuse: %v)", reuse)
		wantError(t, s, "the same two ends: their next conversation has to wait"+with,
			Chapter{}.Hold(b, tcp.FourTuple{Local: givenHere, Remote: givenThere}, reuse), syscall.EADDRNOTAVAIL,
			"b keeps its own four-tuple, b.Tuple(), from everybody, reuse or not: it is what the old segments are addressed to.")
		wantError(t, s, "the same port, but another peer: no old segment can be mistaken"+with,
			Chapter{}.Hold(b, tcp.FourTuple{Local: givenHere, Remote: givenElsewhere}, reuse), nil,
			"what b keeps is its *four*-tuple, not its port: another peer is another conversation.")
		wantError(t, s, "the same port and host, but another port of the peer's"+with,
			Chapter{}.Hold(b, tcp.FourTuple{Local: givenHere, Remote: script.End("10.0.0.2:8080")}, reuse), nil,
			"a four-tuple has two addresses and two ports: all four have to be the same.")
		for _, local := range []netip.AddrPort{givenOtherPort, givenOtherAddress} {
			wantError(t, s, "the same peer, but from "+local.String()+with,
				Chapter{}.Hold(b, tcp.FourTuple{Local: local, Remote: givenThere}, reuse), nil,
				"a four-tuple has two addresses and two ports: all four have to be the same, want.Local as well as want.Remote.")
		}
	}
}

func TestStep8_ThePort(t *testing.T) {
	for _, c := range []struct {
		over                          string
		here, otherPort, otherAddress netip.AddrPort
		there                         netip.AddrPort
	}{
		{"IPv4", givenHere, givenOtherPort, givenOtherAddress, givenThere},
		{"IPv6", script.End("[2001:db8::1]:50000"), script.End("[2001:db8::1]:50001"), script.End("[2001:db8::9]:50000"), script.End("[2001:db8::2]:80")},
	} {
		s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) { b.Local, b.Remote = c.here, c.there }))
		b := s.TCB()
		hold := func(local netip.AddrPort, reuse bool) error {
			return Chapter{}.Hold(b, tcp.FourTuple{Local: local}, reuse)
		}
		over := " (over " + c.over + ")"
		wantError(t, s, "to bind the port at b's address, without reuse"+over, hold(c.here, false), syscall.EADDRINUSE,
			"want.Remote is not valid, so this is a bind: b's port is in use unless the new socket asks for reuse.")
		wantError(t, s, "to bind the port at every address, without reuse"+over, hold(givenAnyone, false), syscall.EADDRINUSE,
			"the zero netip.Addr stands for every address of the host, IPv4 and IPv6, b's among them.")
		wantError(t, s, "to bind the port at b's address, with reuse"+over, hold(c.here, true), nil,
			"the new socket has asked for reuse: it may bind the port, for connections to others.")
		wantError(t, s, "to bind the port at every address, with reuse"+over, hold(givenAnyone, true), nil,
			"the new socket has asked for reuse: it may bind the port, for connections to others.")
		wantError(t, s, "to bind another port"+over, hold(c.otherPort, false), nil,
			"another port is nothing of b's.")
		wantError(t, s, "to bind the port at another address of the host"+over, hold(c.otherAddress, false), nil,
			"another address of the host is nothing of b's.")
		for _, reuse := range []bool{false, true} {
			wantError(t, s, "the same two ends: their next conversation has to wait"+over, Chapter{}.Hold(b, b.Tuple(), reuse), syscall.EADDRNOTAVAIL,
				"b keeps its own four-tuple, b.Tuple(), from everybody, reuse or not: it is what the old segments are addressed to.")
		}
	}
}

func TestStep8_TheOldSocketsReuse(t *testing.T) {
	const whose = "it is the new socket that asks, the parameter reuse. What b asked for once, b.Reuse, says nothing about others."
	s := script.InState(t, chapters, tcp.TimeWait, script.Change(func(b *tcp.TCB) { b.Reuse = true }))
	b := s.TCB()
	wantError(t, s, "to bind the port without reuse, though b had asked for it",
		Chapter{}.Hold(b, tcp.FourTuple{Local: givenHere}, false), syscall.EADDRINUSE, whose)
	wantError(t, s, "to connect between the same two ends, though b had asked for reuse",
		Chapter{}.Hold(b, tcp.FourTuple{Local: givenHere, Remote: givenThere}, false), syscall.EADDRNOTAVAIL, whose)
	wantError(t, s, "to bind the port with reuse",
		Chapter{}.Hold(b, tcp.FourTuple{Local: givenHere}, true), nil, whose)
}

func TestStep8_AServerRestarts(t *testing.T) {
	s := givenServerInTimeWait(t)
	b := s.TCB()
	s.Use(s.Listener())
	s.Close()
	s.Use(b)
	local := netip.AddrPortFrom(netip.Addr{}, script.ServerPort)
	_, err := s.TryListen(local, 8)
	wantError(t, s, "the server was stopped and is started again: its last connection still holds the port", err, syscall.EADDRINUSE,
		"a bind asks for b's port: EADDRINUSE, without reuse.")
	_, err = s.TryListen(local, 8, stack.WithReuse)
	wantError(t, s, "servers ask for reuse, to be able to start again at once", err, nil,
		"with reuse, a bind is not in b's way.")
}

func TestStep8_AClientGoesOn(t *testing.T) {
	s := script.InState(t, chapters, tcp.TimeWait)
	_, err := s.TryConnect(givenHere, givenElsewhere)
	wantError(t, s, "the port was asked for by number, without reuse", err, syscall.EADDRINUSE,
		"a connect that names its port binds it first.")
	_, err = s.TryConnect(givenHere, givenThere, stack.WithReuse)
	wantError(t, s, "with reuse it is bound, but these two ends have to wait", err, syscall.EADDRNOTAVAIL,
		"b keeps its four-tuple, reuse or not.")
	_, err = s.TryConnect(givenHere, givenElsewhere, stack.WithReuse)
	wantError(t, s, "with reuse, and to another peer, nothing is in the way", err, nil,
		"what b keeps is its four-tuple, not its port.")
	s.Want("so a SYN goes out", tcp.Segment{Flags: tcp.SYN, Seq: iss})
}
