package tcp

import (
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC)

func TestTimersEarliest(t *testing.T) {
	at := func(seconds int) time.Time {
		if seconds == 0 {
			return time.Time{}
		}
		return noon.Add(time.Duration(seconds) * time.Second)
	}
	for _, c := range []struct {
		name                                    string
		retransmit, probe, delayedACK, timeWait int
		want                                    int
	}{
		{"all stopped", 0, 0, 0, 0, 0},
		{"only retransmit", 1, 0, 0, 0, 1},
		{"only probe", 0, 1, 0, 0, 1},
		{"only delayed ACK", 0, 0, 1, 0, 1},
		{"only TIME-WAIT", 0, 0, 0, 1, 1},
		{"retransmit first", 1, 2, 3, 4, 1},
		{"probe first", 4, 1, 2, 3, 1},
		{"delayed ACK first", 3, 4, 1, 2, 1},
		{"TIME-WAIT first", 2, 3, 4, 1, 1},
		{"two at once", 0, 2, 2, 0, 2},
		{"a stopped timer is not early", 0, 3, 0, 2, 2},
	} {
		timers := Timers{Retransmit: at(c.retransmit), Probe: at(c.probe), DelayedACK: at(c.delayedACK), TimeWait: at(c.timeWait)}
		assert.Equal(t, at(c.want), timers.Earliest(), c.name)
	}
}

// Whatever timers there are, each counts.
func TestTimersEarliestKnowsThemAll(t *testing.T) {
	for i := range reflect.TypeFor[Timers]().NumField() {
		var timers Timers
		timer := reflect.ValueOf(&timers).Elem().Field(i)
		timer.Set(reflect.ValueOf(noon))
		assert.Equal(t, noon, timers.Earliest(), reflect.TypeFor[Timers]().Field(i).Name)
	}
}

func TestAllowChallenge(t *testing.T) {
	var b TCB
	assert.True(t, b.AllowChallenge(noon), "the first")
	assert.False(t, b.AllowChallenge(noon), "another at once")
	assert.False(t, b.AllowChallenge(noon.Add(500*time.Millisecond-1)), "just within half a second")
	assert.True(t, b.AllowChallenge(noon.Add(500*time.Millisecond)), "half a second later")
	assert.False(t, b.AllowChallenge(noon.Add(999*time.Millisecond)), "counted from the last that was allowed")
	assert.True(t, b.AllowChallenge(noon.Add(time.Hour)), "much later")

	var other TCB
	assert.True(t, other.AllowChallenge(noon), "each socket counts for itself")
}

func TestEmit(t *testing.T) {
	pending := DelayedACK{Now: true, Bytes: 1460}
	b := TCB{Delayed: pending}
	b.Timers.DelayedACK = noon
	b.Timers.Retransmit = noon

	b.Emit(Segment{Flags: RST, Seq: 1})
	assert.Equal(t, pending, b.Delayed, "a segment without an ACK acknowledges nothing")
	assert.Equal(t, noon, b.Timers.DelayedACK)

	b.Emit(Segment{Flags: FIN | ACK, Seq: 2})
	assert.Equal(t, DelayedACK{}, b.Delayed, "an ACK acknowledges all there is")
	assert.True(t, b.Timers.DelayedACK.IsZero(), "the ACK that waited left with it")
	assert.Equal(t, noon, b.Timers.Retransmit, "the other timers are not its business")

	require.Len(t, b.Outbox, 2)
	assert.Equal(t, Seq(1), b.Outbox[0].Seq, "segments leave in the order of Emit")
	assert.Equal(t, Seq(2), b.Outbox[1].Seq)
}

func TestNewTCB(t *testing.T) {
	c := DefaultConfig()
	c.SendBuffer, c.ReceiveBuffer, c.NoDelay = 1000, 2000, true
	b := NewTCB(&c)
	assert.Equal(t, Closed, b.State)
	assert.Same(t, &c, b.Config)
	assert.Equal(t, 1000, b.Snd.Queue.Limit())
	assert.Equal(t, 2000, b.Rcv.Queue.Limit())
	assert.Equal(t, uint32(2000), b.Rcv.Wnd)
	assert.Equal(t, c.InitialRTO, b.RTO.Value)
	assert.True(t, b.NoDelay)
	assert.True(t, b.Timers.Earliest().IsZero(), "no timer runs")
}

func TestSpawn(t *testing.T) {
	c := DefaultConfig()
	parent := NewTCB(&c)
	parent.NoDelay, parent.Reuse = true, true
	local, remote := netip.MustParseAddrPort("192.0.2.1:80"), netip.MustParseAddrPort("192.0.2.2:49152")
	child := parent.Spawn(local, remote)
	assert.Equal(t, FourTuple{Local: local, Remote: remote}, child.Tuple())
	assert.Equal(t, Closed, child.State)
	assert.True(t, child.Passive)
	assert.Same(t, parent, child.Parent)
	assert.Same(t, &c, child.Config)
	assert.True(t, child.NoDelay && child.Reuse, "settings are inherited")
}

// The runtime takes 8 bytes more for such an object, and then the next larger of
// its sizes: 768, or 896.
func TestATCBIsNoLargerThanItSays(t *testing.T) {
	require.LessOrEqual(t, int(unsafe.Sizeof(TCB{})), 760, "bytes: a host may have very many idle sockets")
}

func TestBackedOff(t *testing.T) {
	r := RetransmissionTimeout{Value: time.Second}
	for times, want := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 6: time.Minute, 1 << 30: time.Minute,
	} {
		assert.Equal(t, want, r.BackedOff(times, time.Minute), "%d times", times)
	}
	assert.Equal(t, 200*time.Millisecond, r.BackedOff(0, 200*time.Millisecond), "at most 200 ms, though the RTO is more")
	assert.Equal(t, time.Duration(math.MaxInt64), r.BackedOff(1000, math.MaxInt64), "no overflow")
}
