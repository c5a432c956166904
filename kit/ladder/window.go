package ladder

import (
	"fmt"

	"tcpworkbook/kit/tcp"
)

// scaleOf returns how far the window of a segment is to be shifted: as its sender
// offered, if both ends did, and not at all with a SYN (RFC 7323 §2.2).
func scaleOf(seg *tcp.Segment, from, to *side) uint8 {
	if from.scales && to.scales && !seg.Flags.Has(tcp.SYN) {
		return from.scale
	}
	return 0
}

// windowOf returns the window that a segment announces, bytes.
func windowOf(seg *tcp.Segment, from, to *side) int {
	return int(seg.Window) << scaleOf(seg, from, to)
}

// worthALook reports whether a segment's window tells something; see Remark.
func worthALook(seg *tcp.Segment, from, to *side) bool {
	window := windowOf(seg, from, to)
	bare := seg.Len() == 0
	switch {
	case !from.announced, seg.Flags.Has(tcp.SYN):
		return true
	case window == 0 || from.window == 0:
		return bare || window != from.window
	case bare && from.acked == to.iss+1 && from.acked.Less(seg.Ack):
		return !acknowledgesFIN(seg, from, to) // so it is the first text: was it read, too?
	case bare && from.acked == seg.Ack && window != from.window:
		return true
	}
	return 4*max(window-from.pointed, from.pointed-window) >= from.pointed
}

// probes reports whether a segment asks an end whose window is closed for its
// window: with the one byte that has no room (RFC 9293 §3.8.6.1), or, as Linux does,
// with nothing at a number that was acknowledged long ago.
func probes(seg *tcp.Segment, from, to *side) bool {
	closed := to.announced && to.window == 0
	return closed && (len(seg.Payload) == 1 || isBehind(seg, from, to))
}

const probePurpose = "zero-window probe: is there room now?"

// isBehind reports whether a segment that carries nothing stands right before the
// number that the other end waits for, where it must be answered (RFC 9293 §3.8.4).
// After its FIN nobody asks.
func isBehind(seg *tcp.Segment, from, to *side) bool {
	return seg.Len() == 0 && !from.finSeen && to.acks && seg.Seq.Add(1) == to.acked
}

// roomPurpose is for an ACK of something new that closes the window, or opens it.
func roomPurpose(from *side, window int) string {
	switch {
	case window == 0:
		return "; no room for more"
	case from.announced && from.window == 0:
		return fmt.Sprintf("; room for %d again", window)
	}
	return ""
}

// saysWindow reports whether an ACK of nothing new was sent for its window, and not to
// answer what was sent again.
func saysWindow(from, to *side, window int) bool {
	if !from.announced || from.window == window {
		return false
	}
	return to.resent == 0 || window == 0 || from.window == 0
}

// windowPurpose is for an ACK that was sent for its window.
func windowPurpose(before, now int) string {
	switch {
	case now == 0:
		return "window closes: no room for more"
	case before == 0:
		return fmt.Sprintf("window opens: room for %d", now)
	case before < now:
		return fmt.Sprintf("has read: room for %d now", now)
	}
	return fmt.Sprintf("window is %d now", now)
}
