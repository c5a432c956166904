package socket

import (
	"fmt"
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const sectionImpossible = "RFC 9293 §3.9.2.3, §3.10.1; MUST-46, MUST-57, MUST-63"

// givenStrangeSegments have a source or a destination that can be nobody's.
var givenStrangeSegments = []struct{ what, src, dst, likely string }{
	{"from a broadcast address", "255.255.255.255:50000", "10.0.0.1:80", "a single host sent it, and no single host has this address."},
	{"to a broadcast address", "10.0.0.2:50000", "255.255.255.255:80", "TCP is between two hosts: what is for all of them is for none."},
	{"from a multicast address", "224.0.0.1:50000", "10.0.0.1:80", "no single host has this address: netip.Addr.IsMulticast."},
	{"to a multicast address", "10.0.0.2:50000", "239.1.2.3:80", "TCP is between two hosts: netip.Addr.IsMulticast."},
	{"to a multicast address of IPv6", "[2001:db8::2]:50000", "[ff02::1]:80", "IPv6 has multicast too: netip.Addr.IsMulticast knows both."},
	{"from no address", "0.0.0.0:50000", "10.0.0.1:80", "0.0.0.0 means that the sender has no address yet: netip.Addr.IsUnspecified."},
	{"from no address of IPv6", "[::]:50000", "[2001:db8::1]:80", ":: means that the sender has no address yet: netip.Addr.IsUnspecified."},
	{"to no address", "10.0.0.2:50000", "0.0.0.0:80", "0.0.0.0 is no host's address, at neither end: netip.Addr.IsUnspecified."},
	{"from the very end that it is for (land)", "10.0.0.1:80", "10.0.0.1:80", "whoever answers this talks to itself: source and destination, address and port, are the same."},
	{"from the very end that it is for, over IPv6 (land)", "[2001:db8::1]:80", "[2001:db8::1]:80", "whoever answers this talks to itself: source and destination, address and port, are the same."},
	{"from the very end that it is for, over loopback (land)", "127.0.0.1:80", "127.0.0.1:80", "whoever answers this talks to itself, over loopback too: there two ends of one host have two ports."},
	{"from the very end that it is for, over loopback of IPv6 (land)", "[::1]:80", "[::1]:80", "whoever answers this talks to itself, over loopback too: there two ends of one host have two ports."},
}

func TestStep4_FindNobody(t *testing.T) {
	for _, c := range givenStrangeSegments {
		h := givenHost(t, sectionImpossible)
		l := h.attached(t, "the listener on every address", tcp.Listen, "*:80", "")
		h.lookup(t, "an honest segment finds the listener", "10.0.0.2:50000", "10.0.0.1:80", l)
		h.lookup(t, "one "+c.what+" finds nobody", c.src, c.dst, nil, script.Likely(c.likely))
	}
}

func TestStep4_OneAddressTwoPorts(t *testing.T) {
	h := givenHost(t, sectionImpossible)
	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	h.lookup(t, "a host may talk to itself, from another port", "10.0.0.1:50000", "10.0.0.1:80", l,
		script.Likely("only the same address *and* the same port make a segment that comes from its own destination."))
	client := h.socket("the client", tcp.SynSent, "10.0.0.1:50000", "10.0.0.1:80")
	h.attach(t, "and connect to itself", client, nil,
		script.Likely("a peer is refused that is no single host. This host is one."))
	h.lookup(t, "what the listener answers is for the client", "10.0.0.1:80", "10.0.0.1:50000", client)

	s := script.New(t, chapters, script.Reading(sectionImpossible))
	s.Send(tcp.Segment{Src: testEnd("10.0.0.1:50000"), Dst: testEnd("10.0.0.1:81"), Flags: tcp.SYN, Seq: script.IRS})
	if sent := s.Take(); len(sent) != 1 {
		s.Fail("a host that finds nobody at itself is told so", "want a RST, but nothing was sent",
			script.Likely("only the same address *and* the same port make a segment that comes from its own destination."))
	}

	narcissus := h.socket("connected to itself", tcp.SynSent, "10.0.0.1:50001", "10.0.0.1:50001")
	_ = h.tryAttach(t, narcissus) // taken or refused: that is left open
	h.lookup(t, "but from the very end that it is for a segment finds nobody (land)", "10.0.0.1:50001", "10.0.0.1:50001", nil,
		script.Likely("ask whether the segment's addresses can be anybody's before you look into any map."))
}

func TestStep4_OnePortTwoAddresses(t *testing.T) {
	const likely = "only the same address *and* the same port make a segment that comes from its own destination: routers speak BGP from port 179 to port 179."
	h := givenHost(t, sectionImpossible)
	b := h.attached(t, "the connection", tcp.Established, "10.0.0.1:179", "10.0.0.2:179")
	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:179", "")
	h.lookup(t, "both ends may have the same port", "10.0.0.2:179", "10.0.0.1:179", b, script.Likely(likely))
	h.lookup(t, "and a client as well", "10.0.0.3:179", "10.0.0.1:179", l, script.Likely(likely))

	s := script.New(t, chapters, script.Reading(sectionImpossible))
	s.Send(tcp.Segment{Src: testEnd("10.0.0.2:179"), Dst: testEnd("10.0.0.1:179"), Flags: tcp.SYN, Seq: script.IRS})
	if sent := s.Take(); len(sent) != 1 {
		s.Fail("who finds nobody there is told so", "want a RST, but nothing was sent", script.Likely(likely))
	}
}

func TestStep4_HostsOfEveryKind(t *testing.T) {
	const endsIn0, endsIn255, reserved = "10.0.1.0:50000", "10.0.1.255:50000", "240.0.0.1:50000"
	h := givenHost(t, sectionImpossible)
	l := h.attached(t, "the listener on every address", tcp.Listen, "*:80", "")
	for _, c := range []struct{ what, src, dst string }{
		{"loopback", "127.0.0.1:50000", "127.0.0.1:80"},
		{"loopback of IPv6", "[::1]:50000", "[::1]:80"},
		{"link-local", "[fe80::2]:50000", "[fe80::1]:80"},
		{"public", "192.0.2.7:50000", "10.0.0.1:80"},
		{"private", endsIn0, "10.0.0.1:80"},
		{"private", endsIn255, "10.0.0.1:80"},
		{"reserved", reserved, "10.0.0.1:80"},
	} {
		h.lookup(t, "a "+c.what+" address is a host's like any other", c.src, c.dst, l,
			script.If(c.src == endsIn0 || c.src == endsIn255, "in 10.0.0.0/16 this is a host's: what a network's own broadcast address is cannot be told without its mask."),
			script.If(c.src == reserved, "multicast ends with 239.255.255.255; of what is above, broadcast alone is nobody's: ask netip.Addr.IsMulticast."),
			script.Likely("refuse what is broadcast, multicast or unspecified, and nothing else: netip.Addr.IsGlobalUnicast asks for more."))
	}
}

func TestStep4_AnswerNobody(t *testing.T) {
	for _, c := range givenStrangeSegments {
		for _, flags := range []tcp.Flags{tcp.SYN, tcp.ACK} {
			s := script.New(t, chapters, script.Reading(sectionImpossible))
			s.Send(tcp.Segment{Src: testEnd(c.src), Dst: testEnd(c.dst), Flags: flags, Seq: script.IRS, Ack: script.ISS})
			s.WantSilence("a segment "+c.what+" gets no answer", script.Likely(c.likely))
			s.Send(tcp.Segment{Flags: tcp.SYN, Seq: script.IRS})
			s.Want("an honest one does (step 1.1)", tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: script.IRS + 1})
		}
	}
}

func TestStep4_ConnectToNobody(t *testing.T) {
	for _, remote := range []string{"255.255.255.255:80", "224.0.0.1:80", "0.0.0.0:80", "[ff02::1]:80", "[::]:80"} {
		h := givenHost(t, sectionImpossible)
		local := "10.0.0.1:50000"
		if testEnd(remote).Addr().Is6() {
			local = "[2001:db8::1]:50000"
		}
		state := tcp.SynSent
		if remote == "224.0.0.1:80" {
			state = tcp.Closed // the stack attaches a client before it sends its SYN
		}
		b := h.socket("the socket", state, local, remote)
		h.attach(t, "a connection has one host at its other end", b, syscall.ENETUNREACH,
			script.If(state == tcp.Closed, "ask whatever b.State is, but for LISTEN: a client is still in CLOSED when it is attached."),
			script.Likely("refuse a peer that is broadcast, multicast or unspecified (MUST-46)."))
		h.lookup(t, "an error changes nothing", remote, local, nil)
		if len(h.table.Connections) != 0 {
			h.fail(t, "an error changes nothing", "the socket is in t.Connections nevertheless")
		}
	}
}

func TestStep4_ConnectToNothing(t *testing.T) {
	h := givenHost(t, sectionImpossible)
	b := h.socket("the socket", tcp.SynSent, "10.0.0.1:50000", "")
	h.attach(t, "it has no peer and is not in LISTEN: whom could it connect to?", b, syscall.ENETUNREACH,
		script.Likely("a listener is known by its state, not by having no peer; and an address that is not valid is no host's: netip.Addr.IsValid."))
	if n := len(h.table.Connections) + len(h.table.Listeners); n != 0 {
		h.fail(t, "an error changes nothing", "the socket is in the table nevertheless")
	}
}

func TestStep4_NoAddressAtAll(t *testing.T) {
	h := givenHost(t, sectionImpossible)
	l := h.attached(t, "the listener on every address", tcp.Listen, "*:80", "")
	h.lookup(t, "an honest segment finds the listener", "10.0.0.2:50000", "10.0.0.1:80", l)
	seg := tcp.Segment{Src: testEnd("10.0.0.2:50000"), Dst: testEnd("*:80"), Flags: tcp.SYN}
	var got *tcp.TCB
	h.guard(t, fmt.Sprintf("Lookup(segment to the zero Addr, port %d)", seg.Dst.Port()), func() { got = Chapter{}.Lookup(h.table, &seg) })
	if got != nil {
		h.fail(t, "the zero Addr stands for every address in the table, but in a segment it is none", "want no socket, got "+h.name(got),
			script.Likely("an address that is not valid is no host's, and IsMulticast and IsUnspecified say no to it as well: ask netip.Addr.IsValid."))
	}
	answered := false
	h.guard(t, fmt.Sprintf("Answer(segment to the zero Addr, port %d)", seg.Dst.Port()), func() { _, answered = Chapter{}.Answer(&seg) })
	if answered {
		h.fail(t, "a segment to no address gets no answer", "want no reply, got one",
			script.Likely("Answer asks the same question as Lookup: can both addresses be a single host's?"))
	}
}
