package sockets

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"tcpworkbook/kit/tcp"
)

// Socket is what a host's list of sockets says of one of them.
type Socket struct {
	Local  netip.AddrPort // with the zero netip.Addr when it listens on every address
	Remote netip.AddrPort // the zero AddrPort when it listens
	State  tcp.State

	// ReceiveQueue is how many bytes have arrived in order and were not yet read,
	// SendQueue how many were written and not yet acknowledged. For a socket in
	// LISTEN they count connections: those not yet accepted, and those half open.
	ReceiveQueue, SendQueue int

	// Timer names the timer that expires next, "" when none is running: it is
	// "retransmit", "probe", "delayed ACK", "time-wait" or "orphan" (see
	// tcp.Config.Orphan). TimeLeft is how long it has to run.
	Timer    string
	TimeLeft time.Duration

	// Retransmissions counts the retransmission time-outs in a row since the peer
	// last acknowledged something new.
	Retransmissions int
}

// Listing is a list of sockets. Its String is a table.
type Listing []Socket

// Sockets lists the host's sockets, as netstat does: those that the application
// has, and those that it has closed and that live on. Listeners come first; the
// order is that of the addresses.
func (h *Host) Sockets() Listing {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make(Listing, 0, h.stack.Len())
	now := time.Now()
	for b := range h.stack.Sockets {
		list = append(list, describe(b, now))
	}
	slices.SortFunc(list, compare)
	return list
}

func describe(b *tcp.TCB, now time.Time) Socket {
	s := Socket{
		Local: b.Local, Remote: b.Remote, State: b.State,
		ReceiveQueue: b.Rcv.Queue.Len(), SendQueue: b.Snd.Queue.Len(),
		Retransmissions: b.RTO.Attempts,
	}
	if l := b.Listener; l != nil {
		s.ReceiveQueue, s.SendQueue = len(l.Ready), len(l.Half)
	}
	next := b.Timers.Earliest()
	if next.IsZero() {
		return s
	}
	s.TimeLeft = max(0, next.Sub(now))
	switch next {
	case b.Timers.Retransmit:
		s.Timer = "retransmit"
	case b.Timers.Probe:
		s.Timer = "probe"
	case b.Timers.DelayedACK:
		s.Timer = "delayed ACK"
	case b.Timers.TimeWait:
		s.Timer = "time-wait"
	case b.Timers.Orphan:
		s.Timer = "orphan"
	}
	return s
}

func compare(a, b Socket) int {
	listens := func(s Socket) int {
		if s.State == tcp.Listen {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(listens(a), listens(b)),
		a.Local.Compare(b.Local),
		a.Remote.Compare(b.Remote),
	)
}

// String writes the list as a table, a line for each socket below a line of
// headings.
func (l Listing) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "State\tReceive\tSend\tLocal\tRemote\tTimer")
	for _, s := range l {
		fmt.Fprintf(w, "%v\t%d\t%d\t%s\t%s\t%s\n",
			s.State, s.ReceiveQueue, s.SendQueue, tcp.Endpoint(s.Local), tcp.Endpoint(s.Remote), s.timerText())
	}
	w.Flush()
	return text.String()
}

func (s Socket) timerText() string {
	if s.Timer == "" {
		return "-"
	}
	text := s.Timer + " " + s.TimeLeft.Round(time.Millisecond).String()
	if s.Retransmissions > 0 {
		text += fmt.Sprintf(" (%d×)", s.Retransmissions)
	}
	return text
}
