package socket

import (
	"syscall"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

const sectionDemultiplexing = "RFC 9293 §3.3.1, §4 (connection)"

func TestStep2_FindAConnection(t *testing.T) {
	h := givenHost(t, sectionDemultiplexing)
	b := h.attached(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	h.lookup(t, "a segment is for the socket whose ends are its own, turned round", "10.0.0.2:50000", "10.0.0.1:80", b,
		script.Likely("the socket's Local is the segment's destination, its Remote is the segment's source: t.Connections has it under that four-tuple."))
}

func TestStep2_AllFourPartsCount(t *testing.T) {
	for _, c := range []struct{ part, src, dst string }{
		{"remote port", "10.0.0.2:50001", "10.0.0.1:80"},
		{"remote address", "10.0.0.3:50000", "10.0.0.1:80"},
		{"local port", "10.0.0.2:50000", "10.0.0.1:81"},
		{"local address", "10.0.0.2:50000", "10.0.0.9:80"},
		{"direction", "10.0.0.1:80", "10.0.0.2:50000"},
	} {
		h := givenHost(t, sectionDemultiplexing)
		b := h.attached(t, "the connection", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
		h.lookup(t, "its own segment finds it", "10.0.0.2:50000", "10.0.0.1:80", b)
		h.lookup(t, "a segment with another "+c.part+" is for another connection", c.src, c.dst, nil,
			script.Likely("a connection is named by all four: local and remote address and port."))
	}
}

func TestStep2_ManyConnectionsOnOnePort(t *testing.T) {
	h := givenHost(t, sectionDemultiplexing)
	first := h.attached(t, "the first client's", tcp.Established, "10.0.0.1:80", "10.0.0.2:50000")
	second := h.attached(t, "the second client's", tcp.SynReceived, "10.0.0.1:80", "10.0.0.2:50001")
	third := h.attached(t, "the third client's", tcp.CloseWait, "10.0.0.1:80", "10.0.0.3:50000")
	fourth := h.attached(t, "the fourth client's", tcp.TimeWait, "10.0.0.1:80", "10.0.0.3:50001")
	const likely = "a server has one port and many connections: the remote end tells them apart."
	for range 8 { // whoever takes the first that a map gives will be wrong once
		h.lookup(t, "each client has its own socket", "10.0.0.2:50000", "10.0.0.1:80", first, script.Likely(likely))
		h.lookup(t, "each client has its own socket", "10.0.0.2:50001", "10.0.0.1:80", second, script.Likely(likely))
		h.lookup(t, "each client has its own socket", "10.0.0.3:50000", "10.0.0.1:80", third, script.Likely(likely))
		h.lookup(t, "and has it until Delete, in TIME-WAIT too", "10.0.0.3:50001", "10.0.0.1:80", fourth,
			script.Likely("Lookup goes by names and not by states, and the remote end tells them apart: "+
				"it is chapter 5 that decides what a segment in TIME-WAIT gets."))
	}
}

func TestStep2_AFourTupleIsTaken(t *testing.T) {
	h := givenHost(t, sectionDemultiplexing)
	first := h.attached(t, "the first", tcp.Established, "10.0.0.1:50000", "10.0.0.2:80")
	second := h.socket("the second", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
	h.attach(t, "two connections between the same two ends could not be told apart", second, syscall.EADDRNOTAVAIL,
		script.Likely("look whether t.Connections has the four-tuple before you enter it."))
	h.lookup(t, "the first is not disturbed", "10.0.0.2:80", "10.0.0.1:50000", first,
		script.Likely("an error changes nothing: check first, enter then."))
}

func TestStep2_AFourTupleIsTakenInEveryState(t *testing.T) {
	for _, state := range []tcp.State{tcp.Closed, tcp.SynSent, tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2,
		tcp.CloseWait, tcp.Closing, tcp.LastAck, tcp.TimeWait} {
		h := givenHost(t, sectionDemultiplexing)
		first := h.attached(t, "the first", state, "10.0.0.1:50000", "10.0.0.2:80")
		second := h.socket("the second", tcp.SynSent, "10.0.0.1:50000", "10.0.0.2:80")
		second.Reuse = true
		h.attach(t, "in "+state.String()+", too, the first has the four-tuple", second, syscall.EADDRNOTAVAIL,
			script.Likely("neither the first one's state nor the second one's Reuse matters to Attach: t.Connections has the four-tuple, or not. What ends TIME-WAIT early is chapter 5's question."))
		h.lookup(t, "the first is not disturbed", "10.0.0.2:80", "10.0.0.1:50000", first,
			script.Likely("an error changes nothing: check first, enter then."))
	}
}

func TestStep2_IPv6(t *testing.T) {
	h := givenHost(t, sectionDemultiplexing)
	b := h.attached(t, "the connection", tcp.Established, "[2001:db8::1]:80", "[2001:db8::2]:50000")
	h.lookup(t, "IPv6 addresses are addresses like others", "[2001:db8::2]:50000", "[2001:db8::1]:80", b)
}
