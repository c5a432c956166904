package handshake

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// leastMSS is the floor under the peer's MSS, as Linux has it (tcp_min_snd_mss).
const leastMSS = 48

// OfferMSS puts into our SYN how much text a segment to us may carry (RFC 9293 §3.7.1).
func OfferMSS(b *tcp.TCB, options *tcp.Options) {
	options.MSS = b.Config.MSS
	if options.MSS == 0 {
		options.MSS = uint16(b.Config.MTU - headers(b))
	}
}

// TakeMSS sets how much text a segment of ours carries (RFC 9293 §3.7.1).
func TakeMSS(b *tcp.TCB, offered *tcp.Options) {
	mss := int(offered.MSS)
	if mss == 0 {
		mss = 536
		if !b.Remote.Addr().Is4() {
			mss = 1220
		}
	}
	b.Snd.MSS = min(max(mss, leastMSS), b.Config.MTU-headers(b))
}

// headers is how long the headers of IP and TCP are, without options.
func headers(b *tcp.TCB) int {
	if b.Remote.Addr().Is4() {
		return 20 + 20
	}
	return 40 + 20
}

// OfferWindowScale puts our shift count into our SYN (RFC 7323 §2.2). answer says that
// it is a SYN,ACK.
func OfferWindowScale(b *tcp.TCB, options *tcp.Options, answer bool) {
	if answer && !b.Scaling || !b.Config.WindowScaling {
		return
	}
	options.WindowScale, options.HasWindowScale = shift(b), true
}

// TakeWindowScale takes the shift count of the peer's SYN. What RCV.WND says from now on
// is what our SYN has announced; chapter 3 opens the window further.
func TakeWindowScale(b *tcp.TCB, offered *tcp.Options) {
	b.Rcv.Wnd = min(b.Rcv.Wnd, 65535)
	if offered.HasWindowScale && b.Config.WindowScaling {
		b.Scaling = true
		b.Snd.Scale, b.Rcv.Scale = offered.WindowScale, shift(b)
	}
}

// shift returns the smallest shift count with which all of our receive buffer can be
// announced.
func shift(b *tcp.TCB) uint8 {
	var count uint8
	for count < 14 && 65535<<count < b.Rcv.Queue.Limit() {
		count++
	}
	return count
}

// OfferTimestamps sets the timestamps option of our SYN, and hides our clock (RFC 7323
// §3.2, §7.1). answer says that it is a SYN,ACK.
func OfferTimestamps(b *tcp.TCB, options *tcp.Options, answer bool) {
	if answer && !b.Timestamps.On || !b.Config.Timestamps {
		return
	}
	options.HasTimestamps = true
	b.Timestamps.Offset = hash(b.Config.Secret, forTimestamps, b.Tuple())
}

// TakeTimestamps takes the timestamps of the peer's SYN, and the room for our own.
func TakeTimestamps(b *tcp.TCB, offered *tcp.Options, now time.Time) {
	if !offered.HasTimestamps || !b.Config.Timestamps {
		return
	}
	b.Timestamps.On = true
	b.Timestamps.Recent, b.Timestamps.RecentAt = offered.TSval, now
	b.Snd.MSS -= 12
}
