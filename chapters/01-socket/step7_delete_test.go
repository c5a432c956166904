package socket

import (
	"fmt"
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const sectionDeleting = "RFC 9293 §3.3.2, CLOSED"

func TestStep7_ADeletedSocketIsNotFound(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	b := h.attached(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	h.delete(t, b)
	h.lookup(t, "the connection is gone, its listener is not", "10.0.0.2:50000", "10.0.0.1:80", l,
		script.Likely("take the socket out of t.Connections, and no other socket."))
	h.delete(t, l)
	h.lookup(t, "the listener is gone too", "10.0.0.2:50000", "10.0.0.1:80", nil,
		script.Likely("take a listener out of t.Listeners."))
}

func TestStep7_NothingIsLeft(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	sockets := []*tcp.TCB{
		h.held(t, "bound", tcp.Closed, "10.0.0.1:81", ""),
		h.held(t, "a listener", tcp.Listen, "*:80", ""),
		h.held(t, "a connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000"),
		h.held(t, "one in TIME-WAIT", tcp.TimeWait, "10.0.0.1:80", "10.0.0.2:50001"),
	}
	for _, b := range sockets {
		if b.State != tcp.TimeWait { // one that a newer SYN makes give way is in TIME-WAIT still
			b.State = tcp.Closed // the stack deletes a socket that has come to CLOSED
		}
		h.delete(t, b)
	}
	holders := 0
	for _, sockets := range h.table.Ports {
		holders += len(sockets)
	}
	if n := len(h.table.Listeners) + len(h.table.Connections) + holders; n != 0 {
		h.fail(t, "of sockets that are deleted nothing is left", fmt.Sprintf("still in the table: %d listeners, %d connections, %d holders of ports",
			len(h.table.Listeners), len(h.table.Connections), holders),
			script.If(len(h.table.Listeners) > 0, "a socket that comes here is in CLOSED already: its state does not tell whether it was a listener."),
			script.Likely("a socket may stand in all three maps: Listeners, Connections and Ports."))
	}
}

func TestStep7_ThePortIsFreeAgain(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	b := h.held(t, "the first", tcp.Listen, "10.0.0.1:80", "")
	second := h.socket("the second", tcp.Closed, "", "")
	h.bind(t, "the port is held", second, "10.0.0.1:80", 0, syscall.EADDRINUSE)
	h.delete(t, b)
	h.bind(t, "its holder is deleted", second, "10.0.0.1:80", 0, nil,
		script.Likely("take the socket out of t.Ports too, or its port is lost for ever."))
}

// A listener's connections never were bound: Attach has held the port for them.
func TestStep7_TheLastConnectionGivesThePortBack(t *testing.T) {
	const likely = "take *each* socket out of t.Ports, one that a listener's client has brought about too, else no server can start there again. Do not ask b.Passive, nor b.State."
	for _, passive := range []bool{true, false} {
		for _, state := range givenConnected {
			h := givenHost(t, sectionDeleting)
			l := h.held(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
			c := h.connected(t, state, passive)
			h.delete(t, l)
			if state != tcp.TimeWait {
				c.State = tcp.Closed // the stack deletes a socket that has come to CLOSED
			}
			h.delete(t, c)
			if h.holds(c, script.ServerPort) {
				h.fail(t, "the listener is gone, and its last connection: nobody holds the port", fmt.Sprintf("want nobody among the holders of port %d in t.Ports, but the connection is", script.ServerPort),
					script.Likely(likely))
			}
			b := h.socket("a new server", tcp.Closed, "", "")
			h.bind(t, "the listener is gone, and its last connection: nobody holds the port", b, "10.0.0.1:80", 0, nil, script.Likely(likely))
		}
	}
}

func TestStep7_ThePortIsStillHeld(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	l := h.held(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	h.held(t, "its connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	h.delete(t, l)
	b := h.socket("a new server", tcp.Closed, "", "")
	h.bind(t, "the listener is gone, but one of its connections holds the port still", b, "10.0.0.1:80", 0, syscall.EADDRINUSE,
		script.Likely("take this socket out of t.Ports[port], not the port out of t.Ports."))
}

func TestStep7_EveryHolderCounts(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		h := givenHost(t, sectionDeleting)
		holders := []*tcp.TCB{
			h.held(t, "the listener", tcp.Listen, "10.0.0.1:80", ""),
			h.held(t, "the first client's", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000"),
			h.held(t, "the second client's", tcp.Established, "10.0.0.1:80", "10.0.0.2:50001"),
		}
		b := h.socket("a new server", tcp.Closed, "", "")
		for _, i := range order {
			h.bind(t, "the port is held while one of its holders is left", b, "10.0.0.1:80", 0, syscall.EADDRINUSE,
				script.Likely("a port has many holders, and t.Ports[port] is the set of them: add each beside the others, and take out the one that is deleted."))
			h.delete(t, holders[i])
		}
		h.bind(t, "the last of them is gone", b, "10.0.0.1:80", 0, nil,
			script.Likely("take each socket out of t.Ports too, or its port is lost for ever."))
	}
}

// The one that goes is neither the first that came nor the last: see TestStep5_EveryHolderCounts.
func TestStep7_TheOtherHoldersStay(t *testing.T) {
	const likely = "in t.Ports the sockets themselves are the keys: take out b, and nobody else who holds the port."
	for range 8 {
		h := givenHost(t, sectionDeleting)
		var holders []*tcp.TCB
		for _, remote := range []string{"10.0.0.2:50000", "10.0.0.2:50001", "10.0.0.3:50000", "10.0.0.3:50001", "10.0.0.3:50002"} {
			holders = append(holders, h.attached(t, "a client's", tcp.Established, "10.0.0.1:80", remote))
		}
		h.delete(t, holders[2])
		for i, b := range holders {
			if h.holds(b, script.ServerPort) == (i == 2) {
				h.fail(t, "five connections have the port, and the third is deleted",
					fmt.Sprintf("want the four others among the holders of port %d in t.Ports, and not the third", script.ServerPort),
					script.Likely(likely))
			}
		}
	}
}

func TestStep7_ARefusedSocketLetsGo(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	first := h.attached(t, "the first", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
	second := h.socket("the second", tcp.Closed, "", "10.0.0.2:80")
	h.bind(t, "a connection in SYN-SENT is not in its way", second, "10.0.0.1:50000", 0, nil)
	h.attach(t, "but has the four-tuple", second, syscall.EADDRNOTAVAIL)
	h.delete(t, second)
	h.lookup(t, "the first is not disturbed", "10.0.0.2:80", "10.0.0.1:50000", first,
		script.Likely("look whether the entry *is* this socket before you take it out."))
	if !h.holds(first, script.ClientPort) {
		h.fail(t, "nor is its port given away: the first holds it still", fmt.Sprintf("want the first among the holders of port %d in t.Ports, but it is not", script.ClientPort),
			script.Likely("in t.Ports the sockets themselves are the keys: take out this one, and no other of the same name."))
	}
	h.delete(t, first)
	third := h.socket("the third", tcp.Closed, "", "")
	h.bind(t, "both are deleted: nobody holds the port any more", third, "10.0.0.1:50000", 0, nil,
		script.Likely("the second was bound, and holds the port, although another has its four-tuple: each of the three maps is looked at by itself."))
}

func TestStep7_TheOthersStay(t *testing.T) {
	const likely = "Delete takes *this* socket out of the table, and touches no other: what becomes of those that a listener has made, the stack decides."
	h := givenHost(t, sectionDeleting)
	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	half := h.attached(t, "half-open", tcp.SynReceived, "10.0.0.1:80", "10.0.0.2:50000")
	open := h.attached(t, "not accepted yet", tcp.Established, "10.0.0.1:80", "10.0.0.2:50001")
	l.Listener.Half = append(l.Listener.Half, half)
	l.Listener.Ready = append(l.Listener.Ready, open)
	h.delete(t, l)
	h.lookup(t, "a connection that is opening stays", "10.0.0.2:50000", "10.0.0.1:80", half, script.Likely(likely))
	h.lookup(t, "and one that nobody has accepted", "10.0.0.2:50001", "10.0.0.1:80", open, script.Likely(likely))
	b := h.socket("a new server", tcp.Closed, "", "")
	h.bind(t, "and holds its port", b, "10.0.0.1:80", 0, syscall.EADDRINUSE, script.Likely(likely))
}

func TestStep7_OnlyItself(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	first := h.attached(t, "the first", tcp.Established, "10.0.0.1:50000", "10.0.0.2:80")
	second := h.socket("the second", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
	h.attach(t, "the four-tuple is taken", second, syscall.EADDRNOTAVAIL)
	h.delete(t, second)
	h.lookup(t, "the second never was in the table: the first of the same name is not deleted", "10.0.0.2:80", "10.0.0.1:50000", first,
		script.Likely("look whether the entry *is* this socket before you take it out."))

	l := h.attached(t, "the listener", tcp.Listen, "10.0.0.1:80", "")
	other := h.socket("another listener", tcp.Listen, "10.0.0.1:80", "")
	h.attach(t, "the end is taken", other, syscall.EADDRINUSE)
	h.delete(t, other)
	h.lookup(t, "nor is the listener", "10.0.0.2:50000", "10.0.0.1:80", l,
		script.Likely("look whether the entry *is* this socket before you take it out."))
	h.delete(t, first)
	h.delete(t, first)
	h.lookup(t, "deleted twice is deleted", "10.0.0.2:80", "10.0.0.1:50000", nil)
}

func TestStep7_AFailedBindHoldsNothing(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	first := h.held(t, "the first", tcp.Closed, "10.0.0.1:80", "")
	second := h.socket("the second", tcp.Closed, "", "")
	h.bind(t, "the port is held", second, "10.0.0.1:80", 0, syscall.EADDRINUSE)
	h.delete(t, first)
	third := h.socket("the third", tcp.Closed, "", "")
	h.bind(t, "the second never got the port", third, "10.0.0.1:80", 0, nil,
		script.Likely("look at every holder first, and note the new one then: an error changes nothing."))
}

func TestStep7_AFailedAttachHoldsNothing(t *testing.T) {
	for _, c := range []struct {
		state  tcp.State
		remote string
		want   error
	}{{tcp.Established, "10.0.0.2:50000", syscall.EADDRNOTAVAIL}, {tcp.Listen, "", syscall.EADDRINUSE}} {
		h := givenHost(t, sectionDeleting)
		first := h.attached(t, "the first", c.state, "10.0.0.1:80", c.remote)
		second := h.socket("the second", c.state, "10.0.0.1:80", c.remote)
		h.attach(t, "its name is taken", second, c.want)
		h.delete(t, first)
		third := h.socket("the third", tcp.Closed, "", "")
		h.bind(t, "the second never got the port", third, "10.0.0.1:80", 0, nil,
			script.Likely("Attach looks first and notes the port then: an error changes nothing."))
	}
}

func TestStep7_TheNameCanBeUsedAgain(t *testing.T) {
	h := givenHost(t, sectionDeleting)
	first := h.attached(t, "the first", tcp.Established, "10.0.0.1:50000", "10.0.0.2:80")
	h.delete(t, first)
	second := h.attached(t, "the second", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
	h.lookup(t, "the second has the first one's name now", "10.0.0.2:80", "10.0.0.1:50000", second)
	h.delete(t, first)
	h.lookup(t, "and keeps it, even if the first is deleted once more", "10.0.0.2:80", "10.0.0.1:50000", second,
		script.Likely("look whether the entry *is* this socket before you take it out."))
}
