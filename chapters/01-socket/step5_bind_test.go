package socket

import (
	"fmt"
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const sectionBinding = "RFC 9293 §3.10.1, §3.9.1.1 (OPEN)"

func TestStep5_APortIsGivenOutOnce(t *testing.T) {
	h := givenHost(t, sectionBinding)
	h.held(t, "the first", tcp.Closed, "10.0.0.1:80", "")
	second := h.socket("the second", tcp.Closed, "", "")
	h.bind(t, "the first holds the port, even before it listens", second, "10.0.0.1:80", 0, syscall.EADDRINUSE,
		script.Likely("Bind notes in t.Ports who holds the port, and looks there before it gives it out."))
	h.bind(t, "another port is free", second, "10.0.0.1:81", 0, nil)
}

func TestStep5_AddressesThatOverlap(t *testing.T) {
	for _, c := range []struct {
		first, second string
		want          error
		likely        string
	}{
		{"10.0.0.1:80", "10.0.0.9:80", nil, "two addresses, two places: the port is free at the other one."},
		{"*:80", "10.0.0.1:80", syscall.EADDRINUSE, "every address is also this one: the zero Addr overlaps with all."},
		{"10.0.0.1:80", "*:80", syscall.EADDRINUSE, "this address is one of all: the zero Addr overlaps with all."},
		{"*:80", "*:80", syscall.EADDRINUSE, "both want every address."},
		{"*:80", "*:81", nil, "another port has nothing to do with it."},
		{"10.0.0.1:80", "[2001:db8::1]:80", nil, "an address of IPv4 and one of IPv6 are two addresses, two places."},
		{"*:80", "[2001:db8::1]:80", syscall.EADDRINUSE, "every address is also this one, of IPv6 too: the zero Addr overlaps with all."},
	} {
		for _, state := range []tcp.State{tcp.Closed, tcp.Listen} {
			h := givenHost(t, sectionBinding)
			h.held(t, "the first", state, c.first, "")
			second := h.socket("the second", tcp.Closed, "", "")
			h.bind(t, "a port conflicts where the addresses overlap, and only there", second, c.second, 0, c.want, script.Likely(c.likely))
		}
	}
}

func TestStep5_AConnectionHoldsItsPort(t *testing.T) {
	for _, passive := range []bool{true, false} {
		for _, state := range []tcp.State{tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck} {
			h := givenHost(t, sectionBinding)
			c := h.connected(t, state, passive)
			b := h.socket("the new one", tcp.Closed, "", "")
			h.bind(t, "a connection in "+state.String()+" holds its port: its listener may be gone, its client is not",
				b, "10.0.0.1:80", 0, syscall.EADDRINUSE,
				script.If(h.holds(c, script.ServerPort), "t.Ports has the connection, so Bind has let it pass: of connections, only those in SYN-SENT, SYN-RECEIVED and TIME-WAIT are not in the way of a socket without Reuse."),
				script.Likely("Attach notes the port in t.Ports as Bind does: a listener's connections never were bound."))
			h.bind(t, "and every address is this one too", b, "*:80", 0, syscall.EADDRINUSE,
				script.Likely("the zero Addr overlaps with all, a connection's address too."))
			b.Reuse = true
			h.bind(t, "unless the new socket says that it does not mind", b, "10.0.0.1:80", 0, nil,
				script.Likely("with b.Reuse a server can start again while its old connections still end."))
		}
	}
}

// A client that was bound, and then attached, and has not sent its SYN yet.
func TestStep5_AClientToBeHoldsItsPort(t *testing.T) {
	h := givenHost(t, sectionBinding)
	c := h.socket("the client", tcp.Closed, "", "10.0.0.2:80")
	h.bind(t, "the port is free", c, "10.0.0.1:5000", 0, nil)
	likely := script.Likely("of connections, only those in SYN-SENT, SYN-RECEIVED and TIME-WAIT are not in the way. One in CLOSED is about to connect, and holds its port.")
	for _, attached := range []bool{false, true} {
		if attached {
			h.attach(t, "nothing is in the way of the client", c, nil)
		}
		b := h.socket("the new one", tcp.Closed, "", "")
		h.bind(t, "a client holds the port that it was given, before it has sent anything", b, "10.0.0.1:5000", 0, syscall.EADDRINUSE, likely)
		h.bind(t, "and every address is this one too", b, "*:5000", 0, syscall.EADDRINUSE, likely)
	}
}

func TestStep5_AttachedIsHeld(t *testing.T) {
	h := givenHost(t, sectionBinding)
	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	b := h.socket("the new one", tcp.Closed, "", "")
	h.bind(t, "a listener holds its port", b, "10.0.0.1:80", 0, syscall.EADDRINUSE,
		script.If(h.holds(l, script.ServerPort), "t.Ports has the listener, so Bind has let it pass: of sockets without a Remote, none is an exception."),
		script.Likely("Attach notes the port in t.Ports for both kinds of socket."))
	for _, local := range []string{"10.0.0.1:80", "*:80"} {
		c := h.socket("a client", tcp.Closed, "", "10.0.0.2:50000")
		h.bind(t, "a listener's port is not for a client either: the listener's clients may come from that very peer", c, local, 0, syscall.EADDRINUSE,
			script.Likely("whoever asks for *this* port, with a peer or without, shares it with no socket that has none."))
	}
}

// Reuse lets a socket bind beside connections. It does not let others bind beside it.
func TestStep5_AReusingListenerHoldsItsPort(t *testing.T) {
	h := givenHost(t, sectionBinding)
	l := h.socket("the listener", tcp.Listen, "10.0.0.1:80", "")
	l.Reuse = true
	h.attach(t, "nothing is in the way of the listener", l, nil)
	for _, reuse := range []bool{false, true} {
		b := h.socket("the new one", tcp.Closed, "", "")
		b.Reuse = reuse
		h.bind(t, "a listener holds its port, whatever it has asked for itself", b, "10.0.0.1:80", 0, syscall.EADDRINUSE,
			script.If(h.holds(l, script.ServerPort), "the exception is for connections: a listener has no Remote, and keeps its port also from a socket that reuses."),
			script.Likely("Attach notes the port in t.Ports whatever b.Reuse says: that is for Bind to look at, in the socket that is bound."))
	}
}

func TestStep5_AFailedAttachHoldsNothing(t *testing.T) {
	h := givenHost(t, sectionBinding)
	b := h.socket("the socket", tcp.Established, "10.0.0.1:80", "224.0.0.1:80")
	h.attach(t, "nobody is there (step 1.4)", b, syscall.ENETUNREACH)
	second := h.socket("the second", tcp.Closed, "", "")
	h.bind(t, "the first never got the port", second, "10.0.0.1:80", 0, nil,
		script.Likely("an error changes nothing: look first, note the port then."))
}

func TestStep5_AFailedAttachTakesNothing(t *testing.T) {
	for _, c := range []struct {
		reason, remote string
		want           error
	}{
		{"nobody is there (step 1.4)", "224.0.0.1:80", syscall.ENETUNREACH},
		{"the four-tuple is taken (step 1.2)", "10.0.0.2:80", syscall.EADDRNOTAVAIL},
	} {
		h := givenHost(t, sectionBinding)
		h.attached(t, "the first", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
		b := h.socket("the second", tcp.Closed, "", c.remote)
		h.bind(t, "a connection in SYN-SENT is not in its way", b, "10.0.0.1:50000", 0, nil,
			script.Likely("of the holders of the port, those in SYN-SENT, SYN-RECEIVED and TIME-WAIT are not in the way, whoever asks. Whether the four-tuple is taken is Attach's question."))
		if !h.holds(b, script.ClientPort) {
			h.fail(t, "a port may have many holders", fmt.Sprintf("want the second among the holders of port %d in t.Ports, but it is not", script.ClientPort),
				script.Likely("t.Ports[port] is a set: enter each new holder beside those that are there."))
		}
		h.attach(t, c.reason, b, c.want)
		if _, holds := h.table.Ports[script.ClientPort][b]; !holds {
			h.fail(t, "an error changes nothing: what Bind gave it the socket keeps until Delete", fmt.Sprintf("want the second among the holders of port %d in t.Ports, but it is not", script.ClientPort),
				script.Likely("Attach takes nothing back when it fails: whether the socket goes is for its owner to say, who calls Delete then."))
		}
	}
}

// A socket that only holds a port waits for nobody; nor does one that Attach has
// refused.
func TestStep5_BoundIsNotFound(t *testing.T) {
	const likely = "t.Ports says who holds a port, for Bind; only Attach makes a socket findable, in t.Listeners and t.Connections."
	h := givenHost(t, sectionBinding)
	b := h.held(t, "the socket", tcp.Closed, "10.0.0.1:80", "")
	h.lookup(t, "a socket that is bound does not listen yet", "10.0.0.2:50000", "10.0.0.1:80", nil, script.Likely(likely))
	b.State = tcp.Listen
	h.attach(t, "it is bound, so it can listen", b, nil)
	h.lookup(t, "now it does", "10.0.0.2:50000", "10.0.0.1:80", b)

	first := h.attached(t, "the first", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
	for range 7 { // eight sockets fill a small map, which begins at each as often
		refused := h.socket("a refused one", tcp.Closed, "", "10.0.0.2:80")
		refused.Reuse = true
		h.bind(t, "with Reuse no connection is in its way", refused, "10.0.0.1:50000", 0, nil,
			script.Likely("b.Reuse excuses every socket that has a peer, whoever asks: one that will listen, or one that is about to connect."))
		h.attach(t, "the four-tuple is taken", refused, syscall.EADDRNOTAVAIL)
	}
	for range 8 {
		h.lookup(t, "the first has the four-tuple; the others only hold its port", "10.0.0.2:80", "10.0.0.1:50000", first, script.Likely(likely))
	}
}

func TestStep5_ReuseIsNotForListeners(t *testing.T) {
	for _, state := range []tcp.State{tcp.Closed, tcp.Listen} {
		h := givenHost(t, sectionBinding)
		h.held(t, "the first", state, "10.0.0.1:80", "")
		b := h.socket("the new one", tcp.Closed, "", "")
		b.Reuse = true
		h.bind(t, "two listeners at one end are never told apart, reuse or not", b, "10.0.0.1:80", 0, syscall.EADDRINUSE,
			script.Likely("b.Reuse excuses sockets that have a peer, and no others."))
	}
}

func TestStep5_TheOldSocketsReuse(t *testing.T) {
	h := givenHost(t, sectionBinding)
	other := h.held(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	other.Reuse = true
	h.bind(t, "the connection asked for reuse once, the new socket does not", h.socket("the new one", tcp.Closed, "", ""),
		"10.0.0.1:80", 0, syscall.EADDRINUSE,
		script.Likely("it is the new socket that says that it does not mind, b.Reuse: what another asked for is nothing to it."))
}

func TestStep5_EveryHolderCounts(t *testing.T) {
	// Whoever takes the first that a map gives, or the last, will be wrong once. A small map
	// begins anywhere among eight places, and those beyond its last entry lead to its first
	// entry. So the listener is neither the first nor the last that came: it is met first, or
	// last, one time in eight, and so each time less than once in ten million runs.
	for range 8 {
		h := givenHost(t, sectionBinding)
		remotes := []string{"10.0.0.2:50000", "10.0.0.2:50001", "10.0.0.3:50000", "10.0.0.3:50001"}
		for i, remote := range remotes {
			if i == len(remotes)/2 {
				h.held(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
			}
			h.held(t, "a connection", tcp.SynReceived, "10.0.0.1:80", remote)
		}
		h.bind(t, "connections in SYN-RECEIVED are not in the way, but the listener among them is", h.socket("the new one", tcp.Closed, "", ""),
			"10.0.0.1:80", 0, syscall.EADDRINUSE,
			script.Likely("look at *every* socket that holds the port: one that is in the way is enough."))
	}
}

func TestStep5_WhoIsNotInTheWay(t *testing.T) {
	for _, c := range []struct {
		state   tcp.State
		passive bool
	}{{tcp.SynSent, false}, {tcp.SynReceived, true}, {tcp.SynReceived, false}, {tcp.TimeWait, true}, {tcp.TimeWait, false}} {
		state := c.state
		h := givenHost(t, sectionBinding)
		h.connected(t, state, c.passive)
		l := h.socket("the listener", tcp.Closed, "", "")
		likely := "MUST-42: listening is possible while a socket of the same port is in SYN-SENT or SYN-RECEIVED."
		if state == tcp.TimeWait {
			likely = "whether TIME-WAIT is in the way is chapter 5's question: the stack asks it there."
		}
		h.bind(t, "a socket in "+state.String()+" is not in a listener's way", l, "10.0.0.1:80", 0, nil, script.Likely(likely))
		other := h.socket("another", tcp.Closed, "", "")
		h.bind(t, "but the listener is in another's", other, "10.0.0.1:80", 0, syscall.EADDRINUSE,
			script.Likely("look at every socket that holds the port, not only at the first."))
	}
}

func TestStep5_AnAddressNoHostCanHave(t *testing.T) {
	for _, c := range []struct{ local, remote string }{
		{"255.255.255.255:80", ""}, {"224.0.0.1:80", ""}, {"[ff02::1]:80", ""}, {"224.0.0.1:80", "10.0.0.2:80"},
	} {
		h := givenHost(t, sectionBinding)
		b := h.socket("the socket", tcp.Closed, "", c.remote)
		h.bind(t, "no host has a broadcast or multicast address", b, c.local, 0, syscall.EADDRNOTAVAIL,
			script.If(c.remote != "", "who is about to connect has a local address, too: ask the question of step 1.4 of it."),
			script.Likely("ask the question of step 1.4 of the local address too, unless it is the zero Addr."))
	}
}
