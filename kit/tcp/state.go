package tcp

// State is where a connection stands in its life (RFC 9293 §3.3.2, figure 5).
type State uint8

// The eleven states. Each comment says what the state means and what its
// socket is waiting for.
const (
	// Closed means there is no connection: the socket is being made or deleted.
	Closed State = iota
	// Listen waits for a SYN from any peer.
	Listen
	// SynSent has sent a SYN and waits for the peer's.
	SynSent
	// SynReceived has sent and received a SYN and waits for the ACK of its own.
	SynReceived
	// Established is the open connection: data flows both ways.
	Established
	// FinWait1 closed first and waits for the ACK of its FIN, or the peer's FIN.
	FinWait1
	// FinWait2 closed first, its FIN is acknowledged; it still receives, and
	// waits for the peer's FIN.
	FinWait2
	// CloseWait has seen the peer close; it may still send, and waits for its
	// own application to close.
	CloseWait
	// Closing means both closed at once: it waits for the ACK of its FIN.
	Closing
	// LastAck closed second and waits for the ACK of its FIN.
	LastAck
	// TimeWait waits until no segment of this connection, and no repeated FIN,
	// can still be under way: 2MSL.
	TimeWait

	// States is how many states there are.
	States = int(iota)
)

var stateTexts = [States]struct{ name, meaning string }{
	Closed:      {"CLOSED", "no connection"},
	Listen:      {"LISTEN", "waiting for a SYN from any peer"},
	SynSent:     {"SYN-SENT", "SYN sent, waiting for the peer's SYN"},
	SynReceived: {"SYN-RECEIVED", "both SYNs seen, waiting for the ACK of ours"},
	Established: {"ESTABLISHED", "open: data flows both ways"},
	FinWait1:    {"FIN-WAIT-1", "closed first, waiting for the ACK of our FIN"},
	FinWait2:    {"FIN-WAIT-2", "our FIN is acknowledged, waiting for the peer's"},
	CloseWait:   {"CLOSE-WAIT", "the peer closed, waiting for our application to close"},
	Closing:     {"CLOSING", "both closed at once, waiting for the ACK of our FIN"},
	LastAck:     {"LAST-ACK", "closed second, waiting for the ACK of our FIN"},
	TimeWait:    {"TIME-WAIT", "closed first, waiting 2MSL for old segments to die"},
}

// String returns the state's name as RFC 9293 spells it, and "?" for a number that
// names none.
func (s State) String() string {
	if int(s) < States {
		return stateTexts[s].name
	}
	return "?"
}

// Meaning returns in a few words what the state means and what it waits for.
func (s State) Meaning() string {
	if int(s) < States {
		return stateTexts[s].meaning
	}
	return "no such state"
}

// Synchronized reports whether both ends' sequence numbers are known to both:
// ESTABLISHED and every state after it.
func (s State) Synchronized() bool { return s >= Established && int(s) < States }
