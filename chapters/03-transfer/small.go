package transfer

import "tcpworkbook/kit/tcp"

// Waits reports whether n bytes of new data, which is what fits a segment and the windows,
// had better wait than go out now (step 3.8). There are three reasons to go:
//
//   - It is a full segment: n = b.Snd.MSS.
//   - It is at least half of the largest window: n ≥ b.Snd.MaxWnd/2. The peer may never have
//     more room (RFC 9293 §3.8.6.2.1).
//   - It is all there is to send, and nothing is in flight, or b.NoDelay is set, or the
//     application will write no more, b.CloseCalled.
//
// Without any of them it waits. If it is all there is to send, it waits for company (Nagle,
// §3.7.4). If it is less, a window cuts it short, the peer's or the network's, and it waits
// for a larger one; what only the network's window cuts short may go, too. While something is
// in flight, what has only the second reason may wait, too.
func Waits(b *tcp.TCB, n int) bool {
	// TODO(step 3.8): Nagle, and silly windows.
	return false
}
