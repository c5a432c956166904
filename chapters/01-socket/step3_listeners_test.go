package socket

import (
	"fmt"
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const sectionPassiveOpen = "RFC 9293 §3.9.1.1, MUST-41"

func TestStep3_FindAListener(t *testing.T) {
	h := givenHost(t, sectionPassiveOpen)
	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	const likely = "a listener has no peer: t.Listeners has it under its local end, the segment's destination."
	h.lookup(t, "a listener is there for every client", "10.0.0.2:50000", "10.0.0.1:80", l, script.Likely(likely))
	h.lookup(t, "a listener is there for every client", "10.0.0.3:1234", "10.0.0.1:80", l, script.Likely(likely))
	h.lookup(t, "but only at its own port", "10.0.0.2:50000", "10.0.0.1:81", nil)
	h.lookup(t, "and its own address", "10.0.0.2:50000", "10.0.0.9:80", nil,
		script.Likely("it listens on its own address alone; only the zero Addr stands for every address."))
}

func TestStep3_ListenOnEveryAddress(t *testing.T) {
	h := givenHost(t, sectionPassiveOpen)
	l := h.attached(t, "the listener on every address", tcp.Listen, "*:80", "")
	const likely = "a listener on every address stands in t.Listeners under the zero netip.Addr and its port."
	h.lookup(t, "it listens on this address", "10.0.0.2:50000", "10.0.0.1:80", l, script.Likely(likely))
	h.lookup(t, "and on that one", "10.0.0.2:50000", "192.0.2.7:80", l, script.Likely(likely))
	h.lookup(t, "and on this one", "[2001:db8::2]:50000", "[2001:db8::1]:80", l, script.Likely(likely))
	h.lookup(t, "but on one port", "10.0.0.2:50000", "10.0.0.1:8080", nil)
}

func TestStep3_TheBestMatchWins(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		h := givenHost(t, sectionPassiveOpen)
		var made [3]*tcp.TCB
		for _, i := range order {
			switch i {
			case 0:
				made[0] = h.attached(t, "the listener on every address", tcp.Listen, "*:80", "")
			case 1:
				made[1] = h.attached(t, "the listener on this address", tcp.Listen, "10.0.0.1:80", "")
			case 2:
				made[2] = h.attached(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
			}
		}
		h.lookup(t, "the connection is what the segment is for, whoever listens", "10.0.0.2:50000", "10.0.0.1:80", made[2],
			script.Likely("look for the four-tuple first: a listener would take every segment of its connections for a new client's."))
		h.lookup(t, "another client finds the listener on exactly this address", "10.0.0.2:50001", "10.0.0.1:80", made[1],
			script.Likely("the listener on exactly the destination comes before the one on every address."))
		h.lookup(t, "the rest is for the listener on every address", "10.0.0.2:50000", "10.0.0.9:80", made[0])
	}
}

func TestStep3_WhateverTheBits(t *testing.T) {
	h := givenHost(t, sectionPassiveOpen)
	every := h.attached(t, "the listener on every address", tcp.Listen, "*:80", "")
	one := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	b := h.attached(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	for _, state := range givenConnected {
		b.State = state
		for _, flags := range []tcp.Flags{tcp.SYN, tcp.RST, tcp.ACK} {
			seg := tcp.Segment{Src: b.Remote, Dst: b.Local, Flags: flags, Seq: script.IRS, Ack: script.ISS}
			var got *tcp.TCB
			h.guard(t, fmt.Sprintf("Lookup(%v from %v to %v)", &seg, seg.Src, seg.Dst), func() { got = Chapter{}.Lookup(h.table, &seg) })
			if got != b {
				h.fail(t, "a connection in "+state.String()+" is found by its four-tuple", "want Lookup to find "+h.name(b)+", got "+h.name(got),
					script.Likely("Lookup goes by addresses and ports alone. A SYN for a socket in TIME-WAIT is for that socket: what it means, chapter 5 says."))
			}
		}
	}
	b.State = tcp.Established
	for _, flags := range []tcp.Flags{tcp.SYN, tcp.SYN | tcp.ACK, tcp.RST, tcp.FIN | tcp.ACK, tcp.PSH | tcp.ACK, 0} {
		for _, c := range []struct {
			src, dst string
			want     *tcp.TCB
		}{{"10.0.0.2:50000", "10.0.0.1:80", b}, {"10.0.0.3:50000", "10.0.0.1:80", one}, {"10.0.0.3:50000", "10.0.0.9:80", every}} {
			seg := tcp.Segment{Src: testEnd(c.src), Dst: testEnd(c.dst), Flags: flags, Seq: script.IRS, Ack: script.ISS}
			var got *tcp.TCB
			h.guard(t, fmt.Sprintf("Lookup(%v from %v to %v)", &seg, seg.Src, seg.Dst), func() { got = Chapter{}.Lookup(h.table, &seg) })
			if got != c.want {
				h.fail(t, "the best match wins, whatever the bits", "want Lookup to find "+h.name(c.want)+", got "+h.name(got),
					script.Likely("Lookup goes by addresses and ports alone. What a SYN or a RST means to the socket that it finds, that socket decides."))
			}
		}
	}
}

func TestStep3_OneListenerForEachEnd(t *testing.T) {
	for _, local := range []string{"10.0.0.1:80", "*:80"} {
		h := givenHost(t, sectionPassiveOpen)
		first := h.attached(t, "the first listener", tcp.Listen, local, "")
		second := h.socket("the second listener", tcp.Listen, local, "")
		h.attach(t, "a second listener at the same end would hide the first", second, syscall.EADDRINUSE,
			script.Likely("look whether t.Listeners has the local end before you enter it."))
		h.lookup(t, "the first is not disturbed", "10.0.0.2:50000", "10.0.0.1:80", first)
	}
}

// Another port, or address, is another end.
func TestStep3_ManyListeners(t *testing.T) {
	h := givenHost(t, sectionPassiveOpen)
	likely := script.Likely("only a listener at the very same end, address *and* port, is in the way.")
	made := map[string]*tcp.TCB{}
	for _, local := range []string{"*:80", "*:81", "10.0.0.1:80", "10.0.0.1:81", "10.0.0.9:80"} {
		l := h.socket("the listener at "+testShown(local), tcp.Listen, local, "")
		h.attach(t, "a host has many listeners, at different ends", l, nil, likely)
		made[local] = l
	}
	for dst, local := range map[string]string{"10.0.0.3:80": "*:80", "10.0.0.3:81": "*:81", "10.0.0.1:80": "10.0.0.1:80", "10.0.0.1:81": "10.0.0.1:81", "10.0.0.9:80": "10.0.0.9:80", "10.0.0.9:81": "*:81"} {
		h.lookup(t, "each is found at its own end", "10.0.0.2:50000", dst, made[local], likely)
	}
}

func TestStep3_ReuseHidesNobody(t *testing.T) {
	for _, local := range []string{"10.0.0.1:80", "*:80"} {
		h := givenHost(t, sectionPassiveOpen)
		first := h.attached(t, "the first listener", tcp.Listen, local, "")
		first.Reuse = true
		second := h.socket("the second listener", tcp.Listen, local, "")
		second.Reuse = true
		h.attach(t, "a second listener at the same end would hide the first, reuse or not", second, syscall.EADDRINUSE,
			script.Likely("b.Reuse is Bind's question, of sockets that have a peer. Two listeners at one end are never told apart: Attach does not look at it."))
		h.lookup(t, "the first is not disturbed", "10.0.0.2:50000", "10.0.0.1:80", first)
	}
}

func TestStep3_APassiveOpenDisturbsNobody(t *testing.T) {
	h := givenHost(t, sectionPassiveOpen)
	b := h.attached(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	l := h.attached(t, "a new listener", tcp.Listen, "10.0.0.1:80", "")
	h.lookup(t, "the connection goes on (MUST-41)", "10.0.0.2:50000", "10.0.0.1:80", b)
	h.lookup(t, "and new clients find the listener", "10.0.0.2:50001", "10.0.0.1:80", l)
}
