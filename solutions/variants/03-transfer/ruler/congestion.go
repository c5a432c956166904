package transfer

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Congestion control is a table: what we believe of the network, against what
// happens. RFC 5681 and RFC 6582 fill in the nine fields.
//
//	             progress     repetition  silence
//	slow start   double       count       collapse
//	avoidance    creep        count       collapse
//	recovery     mendNext     inflate     collapse

// A belief is what we take the network to bear.
type belief int

const (
	slowStart belief = iota // more than this
	avoidance               // perhaps a little more
	recovery                // less: it lost something, and we are mending it
)

// An event is what happened to what we have sent.
type event int

const (
	progress   event = iota // an ACK of something new has moved SND.UNA
	repetition              // a duplicate ACK
	silence                 // the retransmission timer has expired
)

// A reaction is called after SND.UNA has moved, by acked numbers.
type reaction func(b *tcp.TCB, acked int, now time.Time)

var reactions = [...][3]reaction{
	slowStart: {double, count, collapse},
	avoidance: {creep, count, collapse},
	recovery:  {mendNext, inflate, collapse},
}

func react(b *tcp.TCB, e event, acked int, now time.Time) {
	reactions[believed(b)][e](b, acked, now)
	keepRecoverNear(b)
}

func believed(b *tcp.TCB) belief {
	c := &b.Congestion
	switch {
	case c.Recovery:
		return recovery
	case c.Window < c.Threshold:
		return slowStart
	}
	return avoidance
}

// double opens the window by what was acknowledged, at most two MSS: if every second
// segment is acknowledged, it doubles each round trip. After any loss it is one, which
// RFC 3465 §2.3 asks for after a time-out only: that saves a note of which it was.
func double(b *tcp.TCB, acked int, _ time.Time) {
	c := &b.Congestion
	c.DupACKs = 0
	most := b.Snd.MSS
	if c.Threshold >= mostInFlight {
		most *= 2
	}
	grow(b, min(acked, most))
}

// creep opens the window by one MSS for each window acknowledged.
func creep(b *tcp.TCB, acked int, _ time.Time) {
	c := &b.Congestion
	c.DupACKs = 0
	c.Acked += uint32(acked)
	if c.Acked >= c.Window {
		c.Acked -= c.Window
		grow(b, b.Snd.MSS)
	}
}

// count counts duplicates; the third tells of a loss, if it is not an echo of the
// last one. For RFC 6582 the ACK has to cover *more* than what was outstanding then
// (§3.2 step 2): three duplicates that ask for just Recover may come from what we
// sent again needlessly (§4).
func count(b *tcp.TCB, _ int, now time.Time) {
	c := &b.Congestion
	c.DupACKs++
	if c.DupACKs != 3 || !c.Recover.Less(b.Snd.Una) {
		return
	}
	// What limited transmit let out beyond the window is not counted (RFC 5681 §3.2).
	c.Threshold = halfOf(b, min(inFlight(b), int(c.Window)))
	c.Window = c.Threshold + 3*uint32(b.Snd.MSS)
	c.Acked = 0
	c.Recovery, c.Recover = true, b.Snd.Nxt
	mend(b, now)
}

// inflate: one more segment has left the network.
func inflate(b *tcp.TCB, _ int, _ time.Time) { grow(b, b.Snd.MSS) }

// mendNext: an ACK in recovery covers what was outstanding at the loss, and ends it;
// or it shows the next hole.
func mendNext(b *tcp.TCB, acked int, now time.Time) {
	c := &b.Congestion
	mss := uint32(b.Snd.MSS)
	c.DupACKs = 0
	if c.Recover.LessEq(b.Snd.Una) {
		c.Recovery = false
		c.Window = min(c.Threshold, max(uint32(inFlight(b)), mss)+mss)
		return
	}
	mend(b, now)
	c.Window -= min(c.Window, uint32(acked))
	if acked >= b.Snd.MSS { // RFC 6582 §3.2 step 3: "at least one SMSS of new data"
		c.Window += mss
	}
	c.Window = max(c.Window, mss)
}

// collapse: nothing gets through.
func collapse(b *tcp.TCB, _ int, _ time.Time) {
	c := &b.Congestion
	if b.RTO.Attempts == 1 { // the first in a row
		c.Threshold = halfOf(b, inFlight(b))
	}
	c.Window = uint32(b.Snd.MSS)
	c.Acked = 0
	c.Recovery, c.Recover = false, b.Snd.Nxt
}

// mend sends the earliest outstanding segment again at once. If that is a FIN, it is
// teardown's.
func mend(b *tcp.TCB, now time.Time) {
	r := measureOut(b)
	b.RTO.Timing = false // Karn
	if r.sent == 0 {
		b.Snd.Resending, b.Snd.Resend = true, b.Snd.Una
		return
	}
	if n := min(r.sent, r.mss, int(b.Snd.Wnd)); n > 0 {
		emitText(b, 0, n, now)
	}
}

// mostInFlight is as much as any peer's window can say.
const mostInFlight = 1 << 30

// grow opens the window; it does not wrap.
func grow(b *tcp.TCB, n int) {
	c := &b.Congestion
	c.Window = min(c.Window+uint32(n), mostInFlight)
}

// halfOf is RFC 5681's equation 4.
func halfOf(b *tcp.TCB, flight int) uint32 {
	return uint32(max(flight/2, 2*b.Snd.MSS))
}

// keepRecoverNear lets Recover follow SND.UNA, one number behind: as near as it can
// be and still be covered by it, as the initial number is at the beginning (RFC 6582
// §3.2 step 1).
func keepRecoverNear(b *tcp.TCB) {
	c := &b.Congestion
	if !c.Recovery && c.Recover.Less(b.Snd.Una) {
		c.Recover = b.Snd.Una.Add(-1)
	}
}

// beforeSending sets the window at the beginning, and lowers it after a pause:
// nobody knows any more what the network bears.
func beforeSending(b *tcp.TCB, now time.Time) {
	c := &b.Congestion
	if c.SentAt.IsZero() {
		c.Recover = b.Snd.Una.Add(-1)
		if c.Threshold == 0 {
			c.Threshold = mostInFlight
		}
		if c.Window == 0 { // else the handshake lost a SYN, and has set it
			c.Window = initialWindow(b)
		}
		return
	}
	if inFlight(b) == 0 && now.Sub(c.SentAt) > b.RTO.Value {
		c.Window = min(c.Window, initialWindow(b))
		c.Acked = 0 // counted towards a larger one
	}
}

// initialWindow is the host's setting, within RFC 6928, or RFC 5681 §3.1's: two, three or
// four segments, whole ones.
func initialWindow(b *tcp.TCB) uint32 {
	mss, set := b.Snd.MSS, b.Config.InitialWindow
	switch {
	case set > 0:
		return uint32(min(set*mss, max(2*mss, set*1460)))
	case mss > 2190:
		return 2 * uint32(mss)
	case mss > 1095:
		return 3 * uint32(mss)
	}
	return 4 * uint32(mss)
}

// networkAllows is how much may be in flight as far as the network goes: the
// congestion window, and one segment more for each of the first two duplicates,
// which have left the network (limited transmit, RFC 3042).
func networkAllows(b *tcp.TCB) int {
	c := &b.Congestion
	allows := int(c.Window)
	if !c.Recovery && !b.Snd.Resending {
		allows += min(c.DupACKs, 2) * b.Snd.MSS
	}
	return allows
}
