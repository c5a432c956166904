package fuzz

import "tcpworkbook/kit/tcp"

type edge struct{ from, to tcp.State }

// edges are the changes of state that may be: those of RFC 9293 figure 5, and
// those that one segment or call takes two of.
var edges = map[edge]bool{
	// Figure 5.
	{tcp.Closed, tcp.Listen}:           true,
	{tcp.Closed, tcp.SynSent}:          true,
	{tcp.Listen, tcp.Closed}:           true,
	{tcp.SynSent, tcp.SynReceived}:     true,
	{tcp.SynSent, tcp.Established}:     true,
	{tcp.SynSent, tcp.Closed}:          true,
	{tcp.SynReceived, tcp.Established}: true,
	{tcp.SynReceived, tcp.FinWait1}:    true,
	{tcp.Established, tcp.FinWait1}:    true,
	{tcp.Established, tcp.CloseWait}:   true,
	{tcp.FinWait1, tcp.FinWait2}:       true,
	{tcp.FinWait1, tcp.Closing}:        true,
	{tcp.FinWait1, tcp.TimeWait}:       true, // its note 2: the FIN came with the ACK of ours
	{tcp.FinWait2, tcp.TimeWait}:       true,
	{tcp.Closing, tcp.TimeWait}:        true,
	{tcp.CloseWait, tcp.LastAck}:       true,
	{tcp.LastAck, tcp.Closed}:          true,
	{tcp.TimeWait, tcp.Closed}:         true,

	// A listener stays in LISTEN here, and the connection it makes begins anew:
	// figure 5's LISTEN -> SYN-RECEIVED, and back by a reset (its note 1).
	{tcp.Closed, tcp.SynReceived}: true,

	// A FIN that comes with, or waits behind, what opens the connection.
	{tcp.SynSent, tcp.CloseWait}:     true,
	{tcp.SynReceived, tcp.CloseWait}: true,
	{tcp.SynReceived, tcp.LastAck}:   true, // and Close was called already

	// Close was called before the connection was open, and its FIN waited for text
	// to leave. A segment with a FIN lets that happen: by way of CLOSE-WAIT.
	{tcp.Established, tcp.LastAck}: true,

	// A reset, an abort, or a peer that does not answer (note 3 of the figure).
	{tcp.SynReceived, tcp.Closed}: true,
	{tcp.Established, tcp.Closed}: true,
	{tcp.FinWait1, tcp.Closed}:    true,
	{tcp.FinWait2, tcp.Closed}:    true,
	{tcp.Closing, tcp.Closed}:     true,
	{tcp.CloseWait, tcp.Closed}:   true,
}
