package tcp

// Seq is a sequence number: the name of one byte of the stream, or of a SYN
// or FIN. Sequence numbers wrap from 2^32-1 to 0, so "before" and "after" are
// only meaningful for two numbers less than 2^31 apart, and the built-in
// operators < and > must never be used on them (RFC 9293 §3.4).
type Seq uint32

// Add returns the sequence number n bytes after s. n may be negative.
func (s Seq) Add(n int) Seq { return s + Seq(n) }

// Sub returns how many bytes s lies after t: negative when s is before t.
func (s Seq) Sub(t Seq) int { return int(int32(s - t)) }

// Less reports whether s comes before t.
func (s Seq) Less(t Seq) bool { return int32(s-t) < 0 }

// LessEq reports whether s comes before t or is t.
func (s Seq) LessEq(t Seq) bool { return int32(s-t) <= 0 }

// InWindow reports whether s is one of the size sequence numbers that start at
// first: first ≤ s < first+size, modulo 2^32. An empty window holds nothing.
func (s Seq) InWindow(first Seq, size uint32) bool { return uint32(s-first) < size }

// Max returns the later of s and t.
func (s Seq) Max(t Seq) Seq {
	if s.Less(t) {
		return t
	}
	return s
}
