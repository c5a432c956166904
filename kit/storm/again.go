package storm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// keptOf: one conversation of so many is held once more.
const keptOf = 12

// A keptTrial is a conversation that has passed, and what your host has sent in it.
type keptTrial struct {
	storm
	made trial
}

// heard is a segment that your host has sent. The timestamps are left out: their clock may
// begin anywhere.
type heard struct {
	at      time.Duration
	segment tcp.Segment
	length  int
}

func noteOf(at time.Duration, seg *tcp.Segment) heard {
	kept := *seg
	kept.Payload = nil
	kept.Options.TSval, kept.Options.TSecr = 0, 0
	return heard{at, kept, len(seg.Payload)}
}

func (h *heard) same(as *heard) bool {
	a, b := &h.segment, &as.segment
	return h.at == as.at && h.length == as.length && a.Src == b.Src && a.Dst == b.Dst && a.Seq == b.Seq &&
		a.Ack == b.Ack && a.Flags == b.Flags && a.Window == b.Window && a.Options.Equal(b.Options)
}

func (h *heard) String() string {
	seg := h.segment
	seg.Payload = make([]byte, h.length)
	return fmt.Sprintf("%s at %.3fs", seg.Verbose(), h.at.Seconds())
}

// heldAgain holds a conversation once more, after others, and reports whether the same has
// come of it. If not, the test fails: what your code does depends on what other sockets, on
// other hosts, have done before.
func (k *keptTrial) heldAgain() bool {
	k.t.Helper()
	first := slices.Clone(k.heard)
	if failure := k.held(k.made, false); failure != nil {
		k.tell(k.made, failure.rule())
		return false
	}
	for n := range max(len(first), len(k.heard)) {
		switch {
		case n >= len(first):
			k.tellOther("the first time your host had no more to say, the second time it sent %s", &k.heard[n])
		case n >= len(k.heard):
			k.tellOther("the first time your host sent %s, the second time it had no more to say", &first[n])
		case !first[n].same(&k.heard[n]):
			k.tellOther("the first time your host sent %s, the second time %s", &first[n], &k.heard[n])
		default:
			continue
		}
		return false
	}
	return true
}

// tellOther fails the test because the same has led to something else.
func (s *storm) tellOther(found string, segments ...any) {
	s.t.Helper()
	lines := []string{
		workbook.Heading(s.t.Name(), "the same calls, segments and times lead to the same conversation"),
		workbook.Say(fmt.Sprintf(found, segments...)),
	}
	lines = append(lines, workbook.Advice(s.t.Name(),
		"what a socket has to remember belongs into its TCB: a variable of the package is shared by all sockets, of all hosts, and goes on when they are gone.", "")...)
	s.t.Fatal(strings.Join(lines, "\n"))
}
