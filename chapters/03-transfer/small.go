package transfer

import "tcpworkbook/kit/tcp"

// Waits reports whether n bytes of new data, which is what fits a segment and the windows,
// had better wait than go out now (step 3.8). A full segment, b.Snd.MSS, never waits. One
// that is all there is to send waits for company while something is in flight (Nagle,
// RFC 9293 §3.7.4), unless b.NoDelay is set or the application will write no more,
// b.CloseCalled. One that a window cuts short, the peer's or the network's, waits for a
// larger window, unless it is half of b.Snd.MaxWnd, for the peer may never have more room
// (§3.8.6.2.1); it may wait even so while something is in flight.
func Waits(b *tcp.TCB, n int) bool {
	// TODO(step 3.8): Nagle, and silly windows.
	return false
}
