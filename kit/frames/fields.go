package frames

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"tcpworkbook/kit/tcp"
)

// A set of a TCB's variables.
type set uint64

// The variables of a TCB that chapters write or could write.
const (
	local set = 1 << iota
	remote
	state
	passive
	sndUna
	sndNxt
	sndWnd
	sndWl1
	sndWl2
	sndISS
	maxWnd
	sndScale
	mss
	sndQueue
	resending
	resend
	finSent
	sndFin
	rcvNxt
	rcvWnd
	rcvIRS
	rcvScale
	rcvQueue
	blocks
	finSeen
	finDone
	rcvFin
	scaling
	rtoValue
	srtt
	rttvar
	timing
	timedSeq
	timedAt
	resentAt
	attempts
	first
	probes
	cwnd
	ssthresh
	acked
	dupACKs
	recovery
	timedOut
	recoverAt
	sentAt
	tsOn
	tsOffset
	tsRecent
	recentAt
	lastACKSent
	delayedNow
	delayedBytes
	retransmitTimer
	probeTimer
	delayedTimer
	timeWaitTimer
	noDelay
	reuse
	closeCalled
	readClosed
	errSet
	challenged
)

// What events may change; see also look.allowed.
const (
	// anyAnswer is what an ACK that leaves, or waits, changes.
	anyAnswer = delayedNow | delayedBytes | delayedTimer | lastACKSent | rcvWnd

	// output is what sending changes.
	output = anyAnswer | sndNxt | finSent | sndFin | resending | resend | timing | timedSeq | timedAt | sentAt |
		retransmitTimer | probeTimer | probes | cwnd | acked

	congestion = cwnd | ssthresh | acked | dupACKs | recovery | timedOut | recoverAt

	// arrival is what a segment changes whose ACK was found good.
	arrival = output | congestion | sndUna | sndQueue | sndWnd | sndWl1 | sndWl2 | maxWnd |
		rcvNxt | rcvQueue | blocks | tsRecent | recentAt
	peersFIN = finSeen | finDone | rcvFin | state

	// peersSYN is what a SYN says: a window and options. lost is what a time-out notes.
	peersSYN = sndWnd | sndWl1 | sndWl2 | maxWnd | mss | scaling | sndScale | rcvScale | tsOn | tsRecent | recentAt
	lost     = attempts | first | rtoValue

	news = srtt | rttvar | rtoValue | attempts | first | resentAt

	// opening is what changes when a connection opens, but for the peer's SYN; and what the
	// stack keeps of the text and FIN that came with that.
	opening = anyAnswer | state | sndUna | rcvIRS | rcvNxt | retransmitTimer | attempts | first |
		rtoValue | srtt | rttvar | cwnd | blocks | rcvQueue | finSeen | rcvFin
)

// field is one variable: its name, and how two TCBs differ in it.
type field struct {
	in      set
	name    string
	differs func(a, b *tcp.TCB) bool
	text    func(b *tcp.TCB) string
}

func of[T comparable](in set, name string, get func(*tcp.TCB) T) field {
	return field{in, name,
		func(a, b *tcp.TCB) bool { return get(a) != get(b) },
		func(b *tcp.TCB) string { return written(get(b)) }}
}

func written(v any) string {
	if t, ok := v.(time.Time); ok && t.IsZero() {
		return "stopped"
	}
	return fmt.Sprint(v)
}

// timer is of for a deadline or another moment.
func timer(in set, name string, get func(*tcp.TCB) time.Time) field {
	return field{in, name,
		func(a, b *tcp.TCB) bool { return !get(a).Equal(get(b)) },
		func(b *tcp.TCB) string {
			if t := get(b); !t.IsZero() {
				return t.Format("15:04:05.000")
			}
			return "none"
		}}
}

// known are all fields and all invariants. They are made when they are first asked for,
// and not with the program: so one that watches nothing, such as the page to play with,
// does not carry them.
var known struct {
	sync.Once
	fields     []field
	invariants []invariant
}

func makeKnown() { known.fields, known.invariants = makeFields(), makeInvariants() }

func makeFields() []field {
	return []field{
		of(local, "b.Local", func(b *tcp.TCB) netip.AddrPort { return b.Local }),
		of(remote, "b.Remote", func(b *tcp.TCB) netip.AddrPort { return b.Remote }),
		of(state, "the state", func(b *tcp.TCB) tcp.State { return b.State }),
		of(passive, "b.Passive", func(b *tcp.TCB) bool { return b.Passive }),
		of(sndUna, "SND.UNA", func(b *tcp.TCB) tcp.Seq { return b.Snd.Una }),
		of(sndNxt, "SND.NXT", func(b *tcp.TCB) tcp.Seq { return b.Snd.Nxt }),
		of(sndWnd, "SND.WND", func(b *tcp.TCB) uint32 { return b.Snd.Wnd }),
		of(sndWl1, "SND.WL1", func(b *tcp.TCB) tcp.Seq { return b.Snd.Wl1 }),
		of(sndWl2, "SND.WL2", func(b *tcp.TCB) tcp.Seq { return b.Snd.Wl2 }),
		of(sndISS, "ISS", func(b *tcp.TCB) tcp.Seq { return b.Snd.ISS }),
		of(maxWnd, "b.Snd.MaxWnd", func(b *tcp.TCB) uint32 { return b.Snd.MaxWnd }),
		of(sndScale, "b.Snd.Scale", func(b *tcp.TCB) uint8 { return b.Snd.Scale }),
		of(mss, "b.Snd.MSS", func(b *tcp.TCB) int { return b.Snd.MSS }),
		of(sndQueue, "b.Snd.Queue.Len()", func(b *tcp.TCB) int { return b.Snd.Queue.Len() }),
		of(resending, "b.Snd.Resending", func(b *tcp.TCB) bool { return b.Snd.Resending }),
		of(resend, "b.Snd.Resend", func(b *tcp.TCB) tcp.Seq { return b.Snd.Resend }),
		of(finSent, "b.Snd.FinSent", func(b *tcp.TCB) bool { return b.Snd.FinSent }),
		of(sndFin, "b.Snd.Fin", func(b *tcp.TCB) tcp.Seq { return b.Snd.Fin }),
		of(rcvNxt, "RCV.NXT", func(b *tcp.TCB) tcp.Seq { return b.Rcv.Nxt }),
		of(rcvWnd, "RCV.WND", func(b *tcp.TCB) uint32 { return b.Rcv.Wnd }),
		of(rcvIRS, "IRS", func(b *tcp.TCB) tcp.Seq { return b.Rcv.IRS }),
		of(rcvScale, "b.Rcv.Scale", func(b *tcp.TCB) uint8 { return b.Rcv.Scale }),
		of(rcvQueue, "b.Rcv.Queue.Len()", func(b *tcp.TCB) int { return b.Rcv.Queue.Len() }),
		{blocks, "b.Rcv.Blocks",
			func(a, b *tcp.TCB) bool { return !slices.Equal(a.Rcv.Blocks, b.Rcv.Blocks) },
			func(b *tcp.TCB) string { return fmt.Sprint(b.Rcv.Blocks) }},
		of(finSeen, "b.Rcv.FinSeen", func(b *tcp.TCB) bool { return b.Rcv.FinSeen }),
		of(finDone, "b.Rcv.FinDone", func(b *tcp.TCB) bool { return b.Rcv.FinDone }),
		of(rcvFin, "b.Rcv.Fin", func(b *tcp.TCB) tcp.Seq { return b.Rcv.Fin }),
		of(scaling, "b.Scaling", func(b *tcp.TCB) bool { return b.Scaling }),
		of(rtoValue, "b.RTO.Value", func(b *tcp.TCB) time.Duration { return b.RTO.Value }),
		of(srtt, "SRTT", func(b *tcp.TCB) time.Duration { return b.RTO.SRTT }),
		of(rttvar, "RTTVAR", func(b *tcp.TCB) time.Duration { return b.RTO.RTTVar }),
		of(timing, "b.RTO.Timing", func(b *tcp.TCB) bool { return b.RTO.Timing }),
		of(timedSeq, "b.RTO.TimedSeq", func(b *tcp.TCB) tcp.Seq { return b.RTO.TimedSeq }),
		timer(timedAt, "b.RTO.TimedAt", func(b *tcp.TCB) time.Time { return b.RTO.TimedAt }),
		timer(resentAt, "b.RTO.ResentAt", func(b *tcp.TCB) time.Time { return b.RTO.ResentAt }),
		of(attempts, "b.RTO.Attempts", func(b *tcp.TCB) int { return b.RTO.Attempts }),
		timer(first, "b.RTO.First", func(b *tcp.TCB) time.Time { return b.RTO.First }),
		of(probes, "b.RTO.Probes", func(b *tcp.TCB) int { return b.RTO.Probes }),
		of(cwnd, "b.Congestion.Window", func(b *tcp.TCB) uint32 { return b.Congestion.Window }),
		of(ssthresh, "b.Congestion.Threshold", func(b *tcp.TCB) uint32 { return b.Congestion.Threshold }),
		of(acked, "b.Congestion.Acked", func(b *tcp.TCB) uint32 { return b.Congestion.Acked }),
		of(dupACKs, "b.Congestion.DupACKs", func(b *tcp.TCB) int { return b.Congestion.DupACKs }),
		of(recovery, "b.Congestion.Recovery", func(b *tcp.TCB) bool { return b.Congestion.Recovery }),
		of(timedOut, "b.Congestion.TimedOut", func(b *tcp.TCB) bool { return b.Congestion.TimedOut }),
		of(recoverAt, "b.Congestion.Recover", func(b *tcp.TCB) tcp.Seq { return b.Congestion.Recover }),
		timer(sentAt, "b.Congestion.SentAt", func(b *tcp.TCB) time.Time { return b.Congestion.SentAt }),
		of(tsOn, "b.Timestamps.On", func(b *tcp.TCB) bool { return b.Timestamps.On }),
		of(tsOffset, "b.Timestamps.Offset", func(b *tcp.TCB) uint32 { return b.Timestamps.Offset }),
		of(tsRecent, "TS.Recent", func(b *tcp.TCB) uint32 { return b.Timestamps.Recent }),
		timer(recentAt, "b.Timestamps.RecentAt", func(b *tcp.TCB) time.Time { return b.Timestamps.RecentAt }),
		of(lastACKSent, "Last.ACK.sent", func(b *tcp.TCB) tcp.Seq { return b.Timestamps.LastACKSent }),
		of(delayedNow, "b.Delayed.Now", func(b *tcp.TCB) bool { return b.Delayed.Now }),
		of(delayedBytes, "b.Delayed.Bytes", func(b *tcp.TCB) int { return b.Delayed.Bytes }),
		timer(retransmitTimer, "the retransmission timer", func(b *tcp.TCB) time.Time { return b.Timers.Retransmit }),
		timer(probeTimer, "the probe timer", func(b *tcp.TCB) time.Time { return b.Timers.Probe }),
		timer(delayedTimer, "the delayed-ACK timer", func(b *tcp.TCB) time.Time { return b.Timers.DelayedACK }),
		timer(timeWaitTimer, "the time-wait timer", func(b *tcp.TCB) time.Time { return b.Timers.TimeWait }),
		of(noDelay, "b.NoDelay", func(b *tcp.TCB) bool { return b.NoDelay }),
		of(reuse, "b.Reuse", func(b *tcp.TCB) bool { return b.Reuse }),
		of(closeCalled, "b.CloseCalled", func(b *tcp.TCB) bool { return b.CloseCalled }),
		of(readClosed, "b.ReadClosed", func(b *tcp.TCB) bool { return b.ReadClosed }),
		of(errSet, "b.Err", func(b *tcp.TCB) error { return b.Err }),
		timer(challenged, "AllowChallenge's half second", func(b *tcp.TCB) time.Time { return b.Keeping.Challenged }),
	}
}

// differ returns the variables in which two TCBs differ.
func differ(a, b *tcp.TCB) set {
	var all set
	known.Do(makeKnown)
	for _, f := range known.fields {
		if f.differs(a, b) {
			all |= f.in
		}
	}
	return all
}

// firstOf returns the first variable of a set that is not empty.
func firstOf(s set) *field {
	known.Do(makeKnown)
	at := slices.IndexFunc(known.fields, func(f field) bool { return f.in&s != 0 })
	return &known.fields[at]
}
