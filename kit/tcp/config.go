package tcp

import "time"

// Config holds the settings of a stack's sockets. DefaultConfig gives the RFCs'
// values; a zero Config is not usable.
type Config struct {
	// MSL is the maximum segment lifetime: how long a segment may wander in the
	// network. TIME-WAIT lasts twice that. RFC 9293 §3.4.2 says 2 minutes; Linux
	// lets TIME-WAIT last 60 s in all.
	MSL time.Duration

	// MTU is the largest IP packet the link takes, bytes: 68 to 65535, and at
	// least 1280 for IPv6 (RFC 791 §3.2, RFC 8200 §5).
	MTU int

	// MSS, when not 0, is announced instead of what MTU allows.
	MSS uint16

	// SendBuffer and ReceiveBuffer bound what a socket queues, bytes. The
	// receive buffer is the largest window it announces.
	SendBuffer, ReceiveBuffer int

	// UnreadMemory bounds, about, how much memory all sockets of a host together hold
	// for text that no application can read yet, because it lies behind a hole or nobody
	// has accepted the connection: bytes, 0 for no bound. How much that is strangers
	// decide. At the bound such text is dropped as if the network had lost it: it comes
	// again. Text that is next is never dropped once the connection was accepted. So a
	// host that is attacked recovers more slowly from losses, and goes on. Linux bounds
	// what all sockets hold together (tcp_mem), and drops text beyond holes first.
	UnreadMemory int

	// MaxTimeWait bounds how many sockets in TIME-WAIT a host keeps that their
	// applications have closed; 0 for no bound. At the bound the one whose wait is nearest
	// to its end gives way to the next, so a flood shortens the wait of all. Linux
	// (tcp_max_tw_buckets) keeps those it has, and closes the next without any wait, when
	// its wait would be most needed.
	MaxTimeWait int

	// WindowScaling and Timestamps say whether to offer and accept RFC 7323's
	// options.
	WindowScaling, Timestamps bool

	// NoDelay switches Nagle's algorithm off for new sockets. RFC 9293 §3.7.4 wants it on
	// by default, and so it is in DefaultConfig; package sockets switches it off.
	NoDelay bool

	// DelayedACK is how long an ACK may wait for company, less than 500 ms
	// (RFC 9293 §3.8.6.3); 0 sends every ACK at once.
	DelayedACK time.Duration

	// InitialRTO, MinRTO and MaxRTO bound the retransmission timeout. RFC 6298
	// wants 1 s, at least 1 s (Linux: 200 ms), and at least 60 s.
	InitialRTO, MinRTO, MaxRTO time.Duration

	// MinRTTVar is the least that four times RTTVAR counts as in the RTO, SRTT +
	// max(G, 4*RTTVAR) in RFC 6298 §2; 0 leaves it at the clock granularity G, 1 ms.
	// With 200 ms, as Linux has it, MinRTO can be far below the RFC's second: however
	// even the round trips were, one that takes 200 ms more is no loss. A MinRTO of 200
	// ms alone says nothing where a round trip takes longer than that: RTTVAR shrinks
	// from one even round trip to the next, and then any delay, the peer's delayed ACK
	// for one, is taken for a loss.
	MinRTTVar time.Duration

	// InitialWindow is how many full segments may leave before the first ACK: 0 stands
	// for RFC 5681's two to four (§3.1), the lesson's; 10 is RFC 6928's, at most 100.
	// Where segments are larger than an Ethernet's it is fewer of them: as many bytes as
	// that many of 1460, but two at least (RFC 6928 §2).
	InitialWindow int

	// R2 is how long data may stay unacknowledged, counted from the first
	// retransmission, before the connection is given up; at least 100 s. SYNR2 is
	// the same for a SYN, at least 3 minutes (RFC 9293 §3.8.3).
	R2, SYNR2 time.Duration

	// Orphan is how long a socket that its application has closed, reading side and
	// all, waits for a peer that brings its end no nearer; 0 waits for ever, as
	// RFC 9293 has it.
	//
	// In FIN-WAIT-2 the peer's FIN is missing. When the wait is over, the socket is
	// deleted. No RFC has such a wait; BSD had it first, and Linux waits 60 s
	// (tcp_fin_timeout).
	//
	// Before that, text or our FIN is not acknowledged. A peer that keeps its window
	// shut, and answers probes, could make that last for ever (MUST-37), which RFC 9293
	// §3.8.6.1 makes subject to the host's care for its memory; RFC 6429 says why. The
	// wait begins anew with each byte that is acknowledged, and lasts R2 and MaxRTO
	// together if that is longer, so that no retransmission is given up before its time.
	// At its end the connection is aborted.
	Orphan time.Duration

	// ObeyResetInTimeWait lets a reset end TIME-WAIT, as RFC 9293 has it. The
	// default ignores it, the first fix of RFC 1337. Its price: a host that restarts,
	// and connects from the same port while its peer is in TIME-WAIT, begins with
	// another Secret, so its timestamps are older than before half of the time. Then
	// its SYN is answered as an old one, the reset that it sends in return is ignored,
	// and after SYNR2, 3 minutes, it gives up. A server whose clients have few ports
	// and restart may want to set it.
	ObeyResetInTimeWait bool

	// Secret keys the hashes that hide initial sequence numbers (RFC 9293 §3.4.1) and
	// the clock of timestamps (RFC 7323 §7.1).
	Secret [16]byte
}

// DefaultConfig returns the RFCs' values for a link with an MTU of 1500 bytes.
// The secret is all zero: whoever makes a host sets a random one.
func DefaultConfig() Config {
	return Config{
		MSL:           2 * time.Minute,
		MTU:           1500,
		SendBuffer:    256 << 10,
		ReceiveBuffer: 256 << 10,
		UnreadMemory:  64 << 20,
		MaxTimeWait:   1 << 18,
		WindowScaling: true,
		Timestamps:    true,
		DelayedACK:    40 * time.Millisecond,
		InitialRTO:    time.Second,
		MinRTO:        time.Second,
		MaxRTO:        60 * time.Second,
		R2:            100 * time.Second,
		SYNR2:         3 * time.Minute,
		Orphan:        time.Minute,
	}
}
