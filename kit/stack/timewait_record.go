package stack

import (
	"encoding/binary"
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)

// record is what a socket in TIME-WAIT still needs to know, in about a hundred
// bytes: a TCB takes seven times that, and a busy server's connections spend
// most of their lives waiting. keep makes it of a TCB, restore a TCB of it. When the
// wait is over is not in it: the queue of those at rest knows.
type timeWaitRecord struct {
	key key

	sndNxt, rcvNxt, iss, irs tcp.Seq
	sndWnd, maxWnd, rcvWnd   uint32
	recent, offset           uint32

	recentAt, challenged time.Duration // since the base; see keep

	sndMSS             uint16
	flags              uint8
	sndScale, rcvScale uint8
}

// key is a four-tuple as 36 bytes: to be hashed and compared quickly.
type key [36]byte

// keyOf returns the four-tuple's key. Zones of IPv6 addresses are not in it.
func keyOf(t tcp.FourTuple) (k key) {
	local, remote := t.Local.Addr().As16(), t.Remote.Addr().As16()
	copy(k[0:], local[:])
	copy(k[16:], remote[:])
	binary.BigEndian.PutUint16(k[32:], t.Local.Port())
	binary.BigEndian.PutUint16(k[34:], t.Remote.Port())
	return k
}

// localPort returns the local port.
func (k *key) localPort() uint16 { return binary.BigEndian.Uint16(k[32:]) }

// setLocalPort makes it the key of the same four-tuple with another local port.
func (k *key) setLocalPort(port uint16) { binary.BigEndian.PutUint16(k[32:], port) }

// What the flags of a record say.
const (
	keptIPv4 = 1 << iota
	keptScaling
	keptTimestamps
	keptPassive
	keptNoDelay
	keptReuse
)

// keep notes what there is to know of b, a socket in TIME-WAIT, and returns true;
// or false when b is not as sockets in TIME-WAIT are, and has to be kept whole: when
// there is still something in its queues, say. Times are noted as distances from
// base, any time not centuries away; the same must be given to restore.
func (r *timeWaitRecord) keep(b *tcp.TCB, base time.Time) bool {
	if !spent(b) {
		return false
	}
	since := func(t time.Time) time.Duration {
		if t.IsZero() {
			return never
		}
		return t.Sub(base)
	}
	*r = timeWaitRecord{
		key:    keyOf(b.Tuple()),
		sndNxt: b.Snd.Nxt, rcvNxt: b.Rcv.Nxt, iss: b.Snd.ISS, irs: b.Rcv.IRS,
		sndWnd: b.Snd.Wnd, maxWnd: b.Snd.MaxWnd, rcvWnd: b.Rcv.Wnd,
		recent: b.Timestamps.Recent, offset: b.Timestamps.Offset,
		recentAt:   since(b.Timestamps.RecentAt),
		challenged: since(b.Keeping.Challenged),
		sndMSS:     uint16(b.Snd.MSS), // it is below the largest packet's 65535
		sndScale:   b.Snd.Scale, rcvScale: b.Rcv.Scale,
	}
	for flag, set := range [...]bool{b.Local.Addr().Is4(), b.Scaling, b.Timestamps.On, b.Passive, b.NoDelay, b.Reuse} {
		if set {
			r.flags |= 1 << flag
		}
	}
	return true
}

// never stands for the zero time.
const never = time.Duration(-1 << 63)

// spent reports whether b is as its connection's orderly end leaves a socket:
// everything sent and acknowledged, everything received and read, nobody
// interested, and one timer running.
func spent(b *tcp.TCB) bool {
	local, remote := b.Local.Addr(), b.Remote.Addr()
	return b.State == tcp.TimeWait && b.Err == nil && b.Parent == nil && b.Listener == nil && len(b.Outbox) == 0 &&
		local.Is4() == remote.Is4() && local.Zone() == "" && remote.Zone() == "" &&
		b.CloseCalled && b.ReadClosed && b.Snd.Queue.Len() == 0 && b.Rcv.Queue.Len() == 0 && len(b.Rcv.Blocks) == 0 &&
		b.Snd.FinSent && b.Snd.Una == b.Snd.Nxt && b.Snd.Fin.Add(1) == b.Snd.Nxt && !b.Snd.Resending &&
		b.Rcv.FinDone && b.Rcv.Fin.Add(1) == b.Rcv.Nxt && b.Timestamps.LastACKSent == b.Rcv.Nxt &&
		b.Delayed == tcp.DelayedACK{} && b.Timers == tcp.Timers{TimeWait: b.Timers.TimeWait} && !b.Timers.TimeWait.IsZero()
}

// restore makes b, fresh from NewTCB or restored before, the socket that keep has
// seen, disowned as it was. What a finished conversation has no more use for, its
// round-trip time for one, is as in a new socket. The caller sets b.Timers.TimeWait.
func (r *timeWaitRecord) restore(b *tcp.TCB, base time.Time) {
	at := func(d time.Duration) time.Time {
		if d == never {
			return time.Time{}
		}
		return base.Add(d)
	}
	tuple := r.tuple()
	b.Local, b.Remote = tuple.Local, tuple.Remote
	b.State, b.CloseCalled, b.ReadClosed = tcp.TimeWait, true, true
	b.Scaling, b.Passive = r.is(keptScaling), r.is(keptPassive)
	b.NoDelay, b.Reuse = r.is(keptNoDelay), r.is(keptReuse)

	b.Snd.Una, b.Snd.Nxt, b.Snd.ISS = r.sndNxt, r.sndNxt, r.iss
	b.Snd.Fin, b.Snd.FinSent = r.sndNxt.Add(-1), true
	b.Snd.Wnd, b.Snd.MaxWnd, b.Snd.Scale = r.sndWnd, r.maxWnd, r.sndScale
	b.Snd.MSS = int(r.sndMSS)

	b.Rcv.Nxt, b.Rcv.IRS = r.rcvNxt, r.irs
	b.Rcv.Fin, b.Rcv.FinSeen, b.Rcv.FinDone = r.rcvNxt.Add(-1), true, true
	b.Rcv.Wnd, b.Rcv.Scale = r.rcvWnd, r.rcvScale

	b.Timestamps = tcp.Timestamps{
		On: r.is(keptTimestamps), Offset: r.offset,
		Recent: r.recent, RecentAt: at(r.recentAt), LastACKSent: r.rcvNxt,
	}
	b.Keeping.Challenged, b.Keeping.Disowned = at(r.challenged), true
}

func (r *timeWaitRecord) is(flag uint8) bool { return r.flags&flag != 0 }

// tuple returns the socket's four-tuple.
func (r *timeWaitRecord) tuple() tcp.FourTuple {
	local, remote := netip.AddrFrom16([16]byte(r.key[0:16])), netip.AddrFrom16([16]byte(r.key[16:32]))
	if r.is(keptIPv4) {
		local, remote = local.Unmap(), remote.Unmap()
	}
	return tcp.FourTuple{
		Local:  netip.AddrPortFrom(local, binary.BigEndian.Uint16(r.key[32:])),
		Remote: netip.AddrPortFrom(remote, binary.BigEndian.Uint16(r.key[34:])),
	}
}

// numbers returns the initial sequence numbers, by which one connection is told from
// another between the same two ends.
func (r *timeWaitRecord) numbers() (iss, irs tcp.Seq) { return r.iss, r.irs }
