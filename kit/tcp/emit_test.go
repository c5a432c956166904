package tcp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// An ACK by itself has SND.NXT, unless a peer that had no room for text in flight
// would drop it.
func TestAcceptableNumber(t *testing.T) {
	const iss = Seq(1<<32 - 10)
	for name, c := range map[string]struct {
		una, nxt int // after iss
		window   uint32
		fin      int  // after iss; 0: none was sent
		heard    int  // after iss
		nothing  bool // was heard
		want     int
	}{
		"nothing in flight":                   {una: 5, nxt: 5, window: 0, want: 5},
		"all of it inside":                    {una: 5, nxt: 105, window: 100, want: 105},
		"a probe into a closed window":        {una: 5, nxt: 6, window: 0, want: 5},
		"and the peer says that it took it":   {una: 5, nxt: 6, window: 0, heard: 6, want: 6},
		"what it said before is of no use":    {una: 5, nxt: 6, window: 0, heard: 5, want: 5},
		"nor what it can't have got":          {una: 5, nxt: 6, window: 0, heard: 7, want: 5},
		"closed upon much":                    {una: 5, nxt: 105, window: 0, want: 5},
		"shrunk":                              {una: 5, nxt: 105, window: 10, want: 14},
		"shrunk, but some was taken":          {una: 5, nxt: 105, window: 10, heard: 50, want: 50},
		"nothing heard is not the number 0":   {una: 5, nxt: 105, window: 0, nothing: true, want: 5},
		"a FIN needs no window":               {una: 5, nxt: 6, window: 0, fin: 5, want: 6},
		"a FIN behind text does":              {una: 5, nxt: 7, window: 0, fin: 6, want: 5},
		"a FIN acknowledged":                  {una: 6, nxt: 6, window: 0, fin: 5, want: 6},
		"the SYN is out, and no window known": {una: 0, nxt: 1, window: 0, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := &TCB{Snd: SendSequence{ISS: iss, Una: iss.Add(c.una), Nxt: iss.Add(c.nxt), Wnd: c.window}}
			b.Snd.FinSent, b.Snd.Fin = c.fin > 0, iss.Add(c.fin)
			if !c.nothing {
				b.Keeping.PeerACK, b.Keeping.HasPeerACK = iss.Add(c.heard), true
			}
			assert.Equal(t, c.want, b.acceptableNumber().Sub(iss))
		})
	}
}

// Only a segment that carries nothing, and has SND.NXT, gets another number.
func TestEmitGetsEmptySegmentsIntoAClosedWindow(t *testing.T) {
	b := &TCB{Snd: SendSequence{ISS: 5, Una: 10, Nxt: 11}}
	numbers := func() []Seq {
		b.Outbox = nil
		b.Emit(Segment{Seq: b.Snd.Nxt, Flags: ACK})
		b.Emit(Segment{Seq: b.Snd.Nxt, Flags: ACK, Payload: []byte("x")})
		b.Emit(Segment{Seq: b.Snd.Nxt, Flags: RST})
		b.Emit(Segment{Seq: 7, Flags: RST})
		var all []Seq
		for _, seg := range b.Outbox {
			all = append(all, seg.Seq)
		}
		return all
	}
	assert.Equal(t, []Seq{10, 11, 10, 7}, numbers(), "the peer has not taken the probe")
	b.Keeping.PeerACK, b.Keeping.HasPeerACK = 11, true
	assert.Equal(t, []Seq{11, 11, 11, 7}, numbers(), "it has")
}
