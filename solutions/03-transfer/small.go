package transfer

import "tcpworkbook/kit/tcp"

// Waits reports whether n bytes of new data, which is what fits a segment and the windows,
// had better wait than go out now (step 3.8):
//
//   - A full segment, b.Snd.MSS, never waits.
//   - All there is to send: Nagle decides (RFC 9293 §3.7.4). It waits for company while
//     something is in flight, unless b.NoDelay is set or the application will write no more,
//     b.CloseCalled. As much as half of b.Snd.MaxWnd may go all the same.
//   - Less, because a window cuts it short, the peer's or the network's: half of b.Snd.MaxWnd
//     decides (§3.8.6.2.1). It waits for a larger window unless it has so many bytes, for the
//     peer may never have more room. While something is in flight it may wait even so.
func Waits(b *tcp.TCB, n int) bool {
	switch {
	case n == b.Snd.MSS:
		return false
	case n == unsent(b) && (inFlight(b) == 0 || b.NoDelay || b.CloseCalled):
		return false
	case n >= int(b.Snd.MaxWnd)/2:
		return false
	}
	return true
}
