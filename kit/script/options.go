package script

import (
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// An Option changes how a script is set up.
type Option func(*settings)

type settings struct {
	iss, irs tcp.Seq
	ownISN   bool
	see      string
	config   tcp.Config
	blind    bool
	change   []func(*tcp.TCB)

	asWritten bool
	unstamped bool
	unscaled  bool
	alone     bool
}

// Numbers sets both ends' initial sequence numbers.
func Numbers(iss, irs tcp.Seq) Option {
	return func(set *settings) { set.iss, set.irs = iss, irs }
}

// OwnISN leaves the choice of your initial sequence number to the chapter.
func OwnISN() Option {
	return func(set *settings) { set.ownISN = true }
}

// Configure changes the settings of the stack under test.
func Configure(change func(*tcp.Config)) Option {
	return func(set *settings) { change(&set.config) }
}

// Change changes the socket that InState makes before the stack gets it.
func Change(change func(*tcp.TCB)) Option {
	return func(set *settings) { set.change = append(set.change, change) }
}

// Reading says where to read about the whole script, like Script.See.
func Reading(where string) Option {
	return func(set *settings) { set.see = where }
}

// AsWritten has the peer send exactly the control bits that the script names: for a test
// that is about them. See Script.Send.
func AsWritten() Option {
	return func(set *settings) { set.asWritten = true }
}

// Unstamped has the two ends agree on no timestamps in any variation: for a test that hands the
// chapter segments of its own, which have none, or that expects nothing to be measured where an
// echo might be. See guard.Variation.
func Unstamped() Option {
	return func(set *settings) { set.unstamped = true }
}

// Unscaled has the two ends agree on no window scaling in any variation: for a test that knows
// how large your window is, or that hands the chapter segments of its own, whose windows stand
// for themselves. A script that changes a window or your buffer, or names a window of the
// peer's, needs it not. See guard.Variation.
func Unscaled() Option {
	return func(set *settings) { set.unscaled = true }
}

// Alone has no other connection share the local port in any variation: for a test that binds
// that port again. See guard.Variation.
func Alone() Option {
	return func(set *settings) { set.alone = true }
}

// Unwatched has nobody look at the frames: for chapters that are no TCP and are not meant
// to be one.
func Unwatched() Option {
	return func(set *settings) { set.blind = true }
}

// scriptConfig is DefaultConfig with what would blur a short script switched
// off. The two buffers are unlike each other, and unlike the peer's window, so
// that taking one for another shows.
//
// MinRTO, MaxRTO and MSL are no RFC's, so that a number written where a setting belongs
// shows.
func scriptConfig() tcp.Config {
	c := tcp.DefaultConfig()
	c.WindowScaling = false
	c.Timestamps = false
	c.DelayedACK = 0
	c.Orphan = 0
	c.MinRTO, c.MaxRTO, c.MSL = MinRTO, MaxRTO, MSL
	c.SendBuffer = 48 << 10
	c.ReceiveBuffer = 32 << 10
	return c
}

// fixedISN is the handshake under test with its choice of initial sequence
// numbers taken from it.
type fixedISN struct {
	stack.Handshake
	iss tcp.Seq
}

// ISN returns the script's number.
func (h fixedISN) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return h.iss }
