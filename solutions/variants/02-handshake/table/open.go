package handshake

import (
	"crypto/sha512"
	"encoding/binary"
	"syscall"
	"time"

	"tcpworkbook/kit/tcp"
)

// Open begins an active open (RFC 9293 §3.10.1).
func (Chapter) Open(b *tcp.TCB, iss tcp.Seq, now time.Time) {
	begin(b, iss, tcp.SynSent, tcp.SYN, now)
}

// ArriveListen handles a segment for the listener l (RFC 9293 §3.10.7.2).
func (Chapter) ArriveListen(l *tcp.TCB, seg *tcp.Segment, iss tcp.Seq, now time.Time) (child, evicted *tcp.TCB) {
	queues := l.Listener
	switch seg.Flags & (tcp.RST | tcp.ACK | tcp.SYN) {
	case tcp.ACK, tcp.ACK | tcp.SYN:
		l.Emit(tcp.Segment{Src: seg.Dst, Dst: seg.Src, Seq: seg.Ack, Flags: tcp.RST})
	case tcp.SYN:
		if len(queues.Ready) >= queues.Backlog {
			break
		}
		if len(queues.Half) >= queues.Backlog {
			evicted = queues.Half[0]
			waits := evicted.Timers.Retransmit.Sub(now) // for its second SYN,ACK, or a later one
			if evicted.RTO.Attempts == 0 && waits > evicted.RTO.Value-time.Second/4 {
				return nil, nil
			}
		}
		child = l.Spawn(seg.Dst, seg.Src)
		learn(child, seg, now)
		begin(child, iss, tcp.SynReceived, tcp.SYN|tcp.ACK, now)
	}
	return child, evicted
}

// begin gives b its numbers, and sends its SYN for the first time.
func begin(b *tcp.TCB, iss tcp.Seq, state tcp.State, flags tcp.Flags, now time.Time) {
	b.Snd.ISS, b.Snd.Una, b.Snd.Nxt = iss, iss, iss+1
	_, b.Timestamps.Offset = hidden(b.Config.Secret, b.Tuple())
	b.State = state
	greet(b, flags)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
}

// greet sends our SYN, or SYN,ACK.
func greet(b *tcp.TCB, flags tcp.Flags) {
	seg := tcp.Segment{Seq: b.Snd.ISS, Flags: flags, Window: uint16(min(b.Rcv.Wnd, 1<<16-1))}
	answering := flags.Has(tcp.ACK)
	if answering {
		seg.Ack = b.Rcv.Nxt
	}
	seg.Options = offer(b, answering)
	b.Emit(seg)
}

// Timeout sends the SYN, or SYN,ACK, again, until SYNR2 has passed (RFC 9293
// §3.8.3).
func (Chapter) Timeout(b *tcp.TCB, now time.Time) error {
	if b.RTO.Attempts == 0 {
		b.RTO.First = now
	} else if !now.Before(b.RTO.First.Add(b.Config.SYNR2)) {
		return syscall.ETIMEDOUT
	}
	b.RTO.Attempts++
	b.RTO.Value = min(b.RTO.Value*2, b.Config.MaxRTO)
	b.Timers.Retransmit = now.Add(b.RTO.Value)
	flags := tcp.SYN
	if b.State == tcp.SynReceived {
		flags |= tcp.ACK
	}
	greet(b, flags)
	return nil
}

// ISN chooses the initial sequence number of the connection t (RFC 9293 §3.4.1).
func (Chapter) ISN(secret [16]byte, t tcp.FourTuple, now time.Time) tcp.Seq {
	isn, _ := hidden(secret, t)
	return tcp.Seq(isn) + tcp.Seq(now.UnixMicro()/4)
}

// hidden returns two numbers that go with t, and have nothing to do with each other:
// one for the ISN, one for the timestamps.
func hidden(secret [16]byte, t tcp.FourTuple) (isn, offset uint32) {
	remote, _ := t.Remote.MarshalBinary()
	local, _ := t.Local.MarshalBinary()
	// The lengths keep two ends of different families apart.
	key := append(secret[:], byte(len(remote)), byte(len(local)))
	sum := sha512.Sum512(append(append(key, remote...), local...))
	return binary.LittleEndian.Uint32(sum[:]), binary.LittleEndian.Uint32(sum[4:])
}
