package life

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tcpworkbook/kit/tcp"
)

// Losses names segments of a conversation that are to be lost, once each.
type Losses []string

// losable lists what can be lost, in the order in which it is sent.
var losable = []struct{ name, meaning string }{
	{"syn", "the client's SYN"},
	{"synack", "the server's SYN,ACK"},
	{"request", "the first segment of the request"},
	{"data", "the first segment of the response"},
	{"fin", "the FIN of the side that closes first"},
	{"fin2", "the FIN of the other side"},
	{"ack", "the last ACK, that of the second FIN"},
}

// ErrLosses is what the errors of ParseLosses wrap.
var ErrLosses = errors.New("no such segment")

// ParseLosses reads names with commas between them.
func ParseLosses(text string) (Losses, error) {
	var names []string
	for _, l := range losable {
		names = append(names, l.name)
	}
	losses := Losses(strings.Split(text, ","))
	for _, name := range losses {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%w: %.20q, want %s", ErrLosses, name, strings.Join(names, ", "))
		}
	}
	return losses, nil
}

// Losable returns what can be lost, and what each name means.
func Losable() iter.Seq2[string, string] {
	return func(yield func(name, meaning string) bool) {
		for _, l := range losable {
			if !yield(l.name, l.meaning) {
				return
			}
		}
	}
}

// loser picks out the segments to lose. It sees those of both directions, one at
// a time.
type loser struct {
	waiting map[string]bool // names not yet lost
	client  tcp.Segment     // the first SYN: who the client is
	fins    []tcp.Segment   // the first FIN of each side, in the order sent
	known   bool
}

func newLoser(losses Losses) *loser {
	l := &loser{waiting: make(map[string]bool)}
	for _, name := range losses {
		l.waiting[name] = true
	}
	return l
}

// drop is a link.Weather's Drop.
func (l *loser) drop(packet []byte) bool {
	var seg tcp.Segment
	if tcp.Decode(packet, &seg) != nil {
		return false
	}
	name := l.name(&seg)
	lost := l.waiting[name]
	delete(l.waiting, name)
	return lost
}

// name returns which of the losable segments seg is; "" for none.
func (l *loser) name(seg *tcp.Segment) string {
	if seg.Flags.Has(tcp.SYN) && !l.known {
		l.client, l.known = tcp.Segment{Src: seg.Src}, true
	}
	switch {
	case seg.Flags.Has(tcp.SYN | tcp.ACK):
		return "synack"
	case seg.Flags.Has(tcp.SYN):
		return "syn"
	case seg.Flags.Has(tcp.FIN):
		return l.nameFIN(seg)
	case len(seg.Payload) > 0 && seg.Src == l.client.Src:
		return "request"
	case len(seg.Payload) > 0:
		return "data"
	case len(l.fins) == 2 && seg.Src == l.fins[0].Src && seg.Ack == l.fins[1].Seq.Add(1):
		return "ack"
	}
	return ""
}

// nameFIN tells the FIN of whoever closes first from the other's.
func (l *loser) nameFIN(seg *tcp.Segment) string {
	seen := slices.IndexFunc(l.fins, func(fin tcp.Segment) bool { return fin.Src == seg.Src })
	if seen < 0 {
		seen = len(l.fins)
		l.fins = append(l.fins, tcp.Segment{Src: seg.Src, Seq: seg.End() - 1})
	}
	if seen == 0 {
		return "fin"
	}
	return "fin2"
}
