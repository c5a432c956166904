package script

// windows are what the ladder has shown of the windows that both ends announce. It
// shows one where it tells something: where it is another than the one before.
type windows struct {
	peer, you uint16

	// yoursCount is set when your windows are shown too, because the script has
	// chosen how large your buffer is: else each line with text would show one.
	yoursCount bool

	// options is set when the script is about options: its host uses them, its peer sends
	// them, or it expects them.
	options bool
}

// peers reports whether the peer's window is to be shown.
func (w *windows) peers(window uint16) bool {
	changed := window != w.peer
	w.peer = window
	return changed
}

// yours reports whether your window is to be shown.
func (w *windows) yours(window uint16) bool {
	changed := w.yoursCount && window != w.you
	w.you = window
	return changed
}
