package stack

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// An ACK by itself has SND.NXT, unless a peer that had no room for text in flight
// would drop it.
func TestTakenNumber(t *testing.T) {
	const iss = tcp.Seq(1<<32 - 10)
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
			b := &tcp.TCB{Snd: tcp.SendSequence{ISS: iss, Una: iss.Add(c.una), Nxt: iss.Add(c.nxt), Wnd: c.window}}
			b.Snd.FinSent, b.Snd.Fin = c.fin > 0, iss.Add(c.fin)
			if !c.nothing {
				b.Host.Heard, b.Host.HasHeard = iss.Add(c.heard), true
			}
			assert.Equal(t, c.want, takenNumber(b).Sub(iss))
		})
	}
}

// probing is a chapter 3 that has sent a probe into a closed window, and answers what
// it can't accept.
type probing struct{ absentTransfer }

func (probing) Acceptable(b *tcp.TCB, seg *tcp.Segment, _ time.Time) bool {
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})
	b.Emit(tcp.Segment{Seq: b.Snd.Una, Ack: b.Rcv.Nxt, Flags: tcp.ACK, Payload: []byte("x")})
	b.Emit(tcp.Segment{Seq: b.Snd.Nxt, Flags: tcp.RST})
	return false
}

func TestEmptySegmentsGetIntoAClosedWindow(t *testing.T) {
	s := New(Chapters{Socket: oneSocket{}, Transfer: probing{}}, tcp.DefaultConfig())
	b := tcp.NewTCB(s.Config())
	b.Local, b.Remote, b.State = here, there, tcp.Established
	b.Snd.Una, b.Snd.Nxt, b.Snd.ISS = 10, 11, 5
	require.NoError(t, s.Adopt(b))
	numbers := func(ack tcp.Seq) []tcp.Seq {
		seg := from(tcp.ACK)
		seg.Ack = ack
		s.Arrive(seg, start)
		var all []tcp.Seq
		for _, out := range s.Segments() {
			all = append(all, out.Seq)
		}
		return all
	}
	assert.Equal(t, []tcp.Seq{10, 10, 10}, numbers(10), "the peer has not taken the probe")
	assert.Equal(t, []tcp.Seq{11, 10, 11}, numbers(11), "it has")
}
