package gvisor

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/tcp"
)

// opening is what a trace keeps of how a connection was opened, and of the options
// in all that followed.
type opening struct {
	first []sent           // the first segments: the handshake, and the one after it
	syns  [2][]tcp.Segment // every SYN, by way
	later [2]tally         // the segments without SYN, by way
}

// opened is how many of the first segments are kept.
const opened = 4

// sent is a segment on its way.
type sent struct {
	way link.Way
	tcp.Segment
}

// tally counts segments without SYN, resets left out.
type tally struct {
	stamped, unstamped int // with timestamps, and without
	forSYNs            int // with an option that belongs in a SYN only
	fins               int // with a FIN, since the last SYN
}

// add is told of each segment when it is sent.
func (o *opening) add(way link.Way, seg *tcp.Segment) {
	if len(o.first) < opened {
		o.first = append(o.first, sent{way, kept(seg)})
	}
	count := &o.later[way]
	switch {
	case seg.Flags.Has(tcp.RST):
		return // may carry timestamps, and need not
	case seg.Flags.Has(tcp.SYN):
		o.syns[way] = append(o.syns[way], kept(seg))
		count.fins = 0
		return
	case seg.Options.HasTimestamps:
		count.stamped++
	default:
		count.unstamped++
	}
	if seg.Flags.Has(tcp.FIN) {
		count.fins++
	}
	if seg.Options.MSS != 0 || seg.Options.HasWindowScale {
		count.forSYNs++
	}
}

// kept returns a copy that has nothing of the packet.
func kept(seg *tcp.Segment) tcp.Segment {
	k := *seg
	k.Payload = slices.Clone(seg.Payload)
	k.Options = tcp.Options{
		MSS:         seg.Options.MSS,
		WindowScale: seg.Options.WindowScale, HasWindowScale: seg.Options.HasWindowScale,
		TSval: seg.Options.TSval, TSecr: seg.Options.TSecr, HasTimestamps: seg.Options.HasTimestamps,
	}
	return k
}

// opening returns how the network's only connection was opened, so far.
func (n *network) opening() opening {
	n.trace.mu.Lock()
	defer n.trace.mu.Unlock()
	o := n.trace.opening
	o.first = slices.Clone(o.first)
	for way := range o.syns {
		o.syns[way] = slices.Clone(o.syns[way])
	}
	return o
}

// checkThreeSegments wants SYN, SYN,ACK and ACK, nothing between them, and then the
// client's text at once. It is for clear weather.
func (n *network) checkThreeSegments(t *testing.T, text string) {
	t.Helper()
	first := n.opening().first
	require.Len(t, first, opened, "segments")
	iss, irs := first[0].Seq, first[1].Seq
	var got []string
	for _, s := range first {
		from, to := iss, irs
		if s.way == link.BToA {
			from, to = irs, iss
		}
		got = append(got, arrow(s.way)+" "+s.Relative(from, to))
	}
	assert.Equal(t, []string{
		"A ──▶ B <SEQ=0><CTL=SYN>",
		"A ◀── B <SEQ=0><ACK=1><CTL=SYN,ACK>",
		"A ──▶ B <SEQ=1><ACK=1><CTL=ACK>",
		"A ──▶ B <SEQ=1><ACK=1><LEN=" + strconv.Itoa(len(text)) + "><CTL=PSH,ACK>",
	}, got)
}

// checkOptions wants each SYN to carry what its sender may offer, and every other
// segment what the two have agreed on. gVisor offers both timestamps and scaling in
// a SYN, and in a SYN,ACK what the SYN did: our Config decides.
func (n *network) checkOptions(t *testing.T) {
	t.Helper()
	o, config := n.opening(), n.us.Config()
	for _, way := range []link.Way{link.AToB, link.BToA} {
		require.NotEmpty(t, o.syns[way], "SYNs %s", arrow(way))
		theirOffer := way == link.AToB && !n.weDial
		for _, syn := range o.syns[way] {
			said := arrow(way) + " " + syn.Verbose()
			assert.Equal(t, n.mss(), int(syn.Options.MSS), "MSS in %s", said)
			assert.Equal(t, theirOffer || config.WindowScaling, syn.Options.HasWindowScale, "window scale in %s", said)
			assert.Equal(t, theirOffer || config.Timestamps, syn.Options.HasTimestamps, "timestamps in %s", said)
		}
		count := o.later[way]
		assert.Zero(t, count.forSYNs, "segments without SYN %s with the MSS or the window scale", arrow(way))
		if config.Timestamps {
			assert.Zero(t, count.unstamped, "segments %s without the timestamps agreed on (RFC 7323 §3.2)", arrow(way))
		} else {
			assert.Zero(t, count.stamped, "segments %s with timestamps that were not agreed on", arrow(way))
		}
	}
}

// mss is what the link leaves beside headers without options.
func (n *network) mss() int {
	if n.v6 {
		return n.us.Config().MTU - 60
	}
	return n.us.Config().MTU - 40
}
