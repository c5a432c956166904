package ladder

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// late is a conversation in which a copy of a FIN comes when the next one is under way,
// one segment overtakes another, and a third is still on its way at the end.
func late() *Diagram {
	d := &Diagram{Left: "A", Right: "B"}
	send := func(at time.Duration, from Side, fate Fate, seg tcp.Segment, text string) int {
		d.Add(Rung{At: at * time.Millisecond, Arrived: (at + 100) * time.Millisecond, From: from, Fate: fate,
			Left: tcp.Established, Right: tcp.LastAck, Segment: seg, Text: text})
		return len(d.Rungs) - 1
	}
	arrive := func(at time.Duration, of int, text string) {
		d.Add(Rung{Kind: Arrival, At: at * time.Millisecond, Of: of, From: d.Rungs[of].From,
			Left: tcp.CloseWait, Right: tcp.Established, Text: text})
	}
	send(0, Right, Arrives, tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: 301, Ack: 102}, "no more data from me either")
	fin := send(0, Right, Slow, tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: 301, Ack: 102}, "a copy, 1.5s slower")
	d.Rungs[fin].Copy = true
	first := send(700, Left, Slow, tcp.Segment{Flags: tcp.ACK, Seq: 101, Ack: 301, Payload: make([]byte, 100)}, "text, 100 bytes")
	send(700, Left, Arrives, tcp.Segment{Flags: tcp.ACK, Seq: 201, Ack: 301, Payload: make([]byte, 100)}, "more of the text, 100 bytes")
	arrive(900, first, "")
	changed := &d.Rungs[len(d.Rungs)-1]
	changed.Segment = tcp.Segment{Src: client, Dst: server, Flags: tcp.RST, Seq: 105}
	changed.ISS = 100
	d.Add(Rung{Kind: Event, At: 1200 * time.Millisecond, Left: tcp.Established, Right: tcp.Established, Text: "reads 200 bytes"})
	arrive(1600, fin, "socket 2 takes it for its own")
	send(1700, Left, Slow, tcp.Segment{Flags: tcp.ACK, Seq: 301, Ack: 302}, "acknowledges the FIN")
	return d
}

func TestSlowSegments(t *testing.T) {
	golden(t, "late.txt", text(t, late(), TextOptions{}))
	var b strings.Builder
	require.NoError(t, late().SVG(&b))
	golden(t, "late.svg", b.String())
}

// An arrival of nothing is not drawn, and does no harm.
func TestArrivalOfNothing(t *testing.T) {
	for _, of := range []int{-1, 7} {
		d := &Diagram{Rungs: []Rung{{Kind: Arrival, Of: of}}}
		require.Equal(t, "\n", text(t, d, TextOptions{}))
		var b strings.Builder
		require.NoError(t, d.SVG(&b))
		require.NotContains(t, b.String(), "<line")
		require.Len(t, d.Compact(4), 2)
	}
}
