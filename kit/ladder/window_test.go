package ladder

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// TestNarratorPointsOutWindows looks at which windows are worth a look, and how many
// bytes they are.
func TestNarratorPointsOutWindows(t *testing.T) {
	scaled := tcp.Options{WindowScale: 3, HasWindowScale: true}
	type step struct {
		from    Side
		segment tcp.Segment
		want    string // "" when the window is nothing to look at
	}
	text := func(from Side, seq, ack tcp.Seq, length int, window uint16) step {
		return step{from, tcp.Segment{Flags: tcp.ACK, Seq: seq, Ack: ack, Payload: make([]byte, length), Window: window}, ""}
	}
	handshake := func(options tcp.Options) []step {
		return []step{
			{Left, tcp.Segment{Flags: tcp.SYN, Window: 4096, Options: options}, "4096"},
			{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 4096, Options: options}, "4096"},
		}
	}
	noticed := func(s step, want string) step { s.want = want; return s }
	for name, steps := range map[string][]step{
		"the ACK of the SYN says nothing new, nor does text; the first ACK of text does": append(handshake(tcp.Options{}),
			step{Left, ack(1, 1, 4096), ""},
			text(Left, 1, 1, 500, 4096),
			text(Right, 1, 501, 500, 3600),
			text(Right, 501, 501, 500, 3600),
			step{Left, ack(501, 1001, 4096), "4096"},
			text(Right, 1001, 501, 500, 3600),
			step{Left, ack(501, 1501, 4000), ""},
		),
		"the ACK of a FIN is no ACK of text": append(handshake(tcp.Options{}),
			step{Left, fin(1, 1), "1000"}, // which is another than 4096
			step{Right, ack(1, 2, 4096), ""},
		),
		"a window that shrinks is pointed out by quarters": append(handshake(tcp.Options{}),
			step{Left, ack(1, 1, 4096), ""},
			text(Right, 1, 1, 500, 4096), text(Right, 501, 1, 500, 4096), text(Right, 1001, 1, 500, 4096),
			step{Left, ack(1, 501, 3596), "3596"}, // the first
			step{Left, ack(1, 1001, 3096), ""},
			step{Left, ack(1, 1501, 2596), "2596"},
		),
		"text tells of a window that is another": append(handshake(tcp.Options{}),
			noticed(text(Left, 1, 1, 500, 1024), "1024"), text(Left, 501, 1, 500, 1024)),
		"an ACK for the window's sake": append(handshake(tcp.Options{}),
			step{Left, ack(1, 1, 4096), ""},
			step{Left, ack(1, 1, 4097), "4097"},
			step{Left, ack(1, 1, 4097), ""},
		),
		"one that is closed, each time that it is said for its own sake, and one that opens": append(handshake(tcp.Options{}),
			text(Left, 1, 1, 500, 4096),
			step{Right, ack(1, 501, 0), "0"},
			text(Left, 501, 1, 1, 4096),
			step{Right, ack(1, 501, 0), "0"},
			text(Right, 1, 501, 5, 0), // and not with text
			step{Right, ack(6, 502, 1), "1"},
		),
		"bytes, not what stands in the header, but with a SYN": append(handshake(scaled),
			step{Left, ack(1, 1, 512), ""},
			step{Right, ack(1, 1, 256), "2048"},
		),
		"only one end can scale": {
			{Left, tcp.Segment{Flags: tcp.SYN, Window: 4096, Options: scaled}, "4096"},
			{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 4096}, "4096"},
			{Left, ack(1, 1, 512), "512"},
		},
		"a RST has no window": append(handshake(tcp.Options{}), step{Left, tcp.Segment{Flags: tcp.RST, Seq: 1}, ""}),
	} {
		var n Narrator
		for i, s := range steps {
			seg := s.segment
			seg.Src, seg.Dst = client, server
			if s.from == Right {
				seg.Src, seg.Dst = server, client
			}
			remark, got := n.See(&seg), ""
			if remark.Window {
				got = fmt.Sprint(int(seg.Window) << remark.Scale)
			}
			require.Equal(t, s.want, got, "%s: segment %d, %s", name, i+1, seg.Verbose())
		}
	}
}

// TestTextOfWindows shows where a window stands: on the arrow, and below it where
// the arrow has no room.
func TestTextOfWindows(t *testing.T) {
	d := &Diagram{Left: "you", Right: "peer"}
	syn := tcp.Segment{Flags: tcp.SYN, Window: 65535}
	ack := tcp.Segment{Flags: tcp.ACK, Seq: 65001, Ack: 65001, Window: 500}
	full := ack
	full.Flags |= tcp.PSH
	full.Payload = make([]byte, 1460)
	for _, from := range []Side{Left, Right} {
		for _, r := range []Rung{
			{Window: true, Segment: syn, Text: "asks"},
			{Segment: ack, Text: "nothing to look at"},
			{Window: true, Scale: 7, Segment: full, Text: "more of the response, 1460 bytes"},
			{Window: true, Scale: 7, Segment: full},
			{Window: true, Scale: 7, Segment: ack, Fate: Lost, Text: "no room on a broken arrow"},
			{Window: true, Scale: 7, Segment: full,
				Text: "more of the text, 1460 bytes; no more data from me"},
			{Window: true, Segment: tcp.Segment{Flags: tcp.RST, Window: 5}, Text: "has no window"},
		} {
			r.From = from
			d.Add(r)
		}
	}
	got := text(t, d, TextOptions{})
	golden(t, "windows.txt", got)
	golden(t, "windows-raw.txt", text(t, d, TextOptions{Raw: true}))
	for line := range strings.Lines(got) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), 80, line)
	}
	var picture strings.Builder
	require.NoError(t, d.SVG(&picture))
	require.Contains(t, picture.String(), ">SYN seq 0 win 65535<")
	require.Contains(t, picture.String(), ">PSH,ACK seq 65001 ack 65001 len 1460 win 64000<")
}
