package tcp

// InitialWindow returns how many bytes may leave before the first ACK, of the settings
// and the peer's MSS (chapter 3, step 10). Where Config.InitialWindow is 0 that is four
// full segments; three when the MSS is more than 1095 bytes, two when it is more than 2190
// (RFC 5681 §3.1). Where it is n, that is n of them, but at most n*1460 bytes or two
// segments, whichever is more (RFC 6928 §2).
func (b *TCB) InitialWindow() uint32 {
	mss, segments := b.Snd.MSS, b.Config.InitialWindow
	switch {
	case segments > 0:
		return uint32(min(segments*mss, max(segments*1460, 2*mss)))
	case mss > 2190:
		return uint32(2 * mss)
	case mss > 1095:
		return uint32(3 * mss)
	}
	return uint32(4 * mss)
}
