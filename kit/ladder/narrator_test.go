package ladder

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// spoken is a segment, its numbers counted from the initial ones, and what the
// narrator is to say about it.
type spoken struct {
	from    Side
	segment tcp.Segment
	want    string
}

// tell has a narrator see a conversation between two ends whose numbers begin
// with the given ones, and compares what it says.
func tell(t *testing.T, iss, irs tcp.Seq, conversation []spoken) {
	t.Helper()
	var n Narrator
	var want, got []string
	for _, s := range conversation {
		seg := s.segment
		seg.Src, seg.Dst = client, server
		from, to := iss, irs
		if s.from == Right {
			seg.Src, seg.Dst, from, to = server, client, irs, iss
		}
		seg.Seq += from
		if seg.Flags.Has(tcp.ACK) {
			seg.Ack += to
		}
		remark := n.See(&seg)
		want, got = append(want, s.want), append(got, remark.Purpose)
		require.Equal(t, from, remark.ISS, s.want)
		require.NotEqual(t, remark.Purpose, Korean(remark.Purpose), "it is said in Korean, too")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("purposes (-want +got):\n%s", d)
	}
}

func syn(window uint16) tcp.Segment { return tcp.Segment{Flags: tcp.SYN, Window: window} }

func ack(seq, ack tcp.Seq, window uint16) tcp.Segment {
	return tcp.Segment{Flags: tcp.ACK, Seq: seq, Ack: ack, Window: window}
}

func length(seq, ack tcp.Seq, text string) tcp.Segment {
	return tcp.Segment{Flags: tcp.ACK | tcp.PSH, Seq: seq, Ack: ack, Payload: []byte(text), Window: 1000}
}

func fin(seq, ack tcp.Seq) tcp.Segment {
	return tcp.Segment{Flags: tcp.ACK | tcp.FIN, Seq: seq, Ack: ack, Window: 1000}
}

// opened is a handshake.
func opened() []spoken {
	return []spoken{
		{Left, syn(1000), "asks to open; my numbers begin at 0"},
		{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 1000}, "agrees; my numbers begin at 0, I expect your 1 next"},
		{Left, ack(1, 1, 1000), "acknowledges the SYN: the connection is open"},
	}
}

func TestNarratorTellsALife(t *testing.T) {
	for _, iss := range []tcp.Seq{0, 100, 1<<31 - 3, 1<<32 - 3} {
		tell(t, iss, iss+7777, append(opened(), []spoken{
			{Left, length(1, 1, "GET / HTTP/1.1\r\n\r\n"), "request, 18 bytes"},
			{Right, ack(1, 19, 1000), "acknowledges up to 18"},
			{Right, length(1, 19, "HTTP/1.1 200 OK\r\n\r\n"), "response, 19 bytes"},
			{Right, length(20, 19, "hello"), "more of the response, 5 bytes"},
			{Left, ack(19, 25, 1000), "acknowledges up to 24"},
			{Right, fin(25, 19), "no more data from me"},
			{Left, ack(19, 26, 1000), "acknowledges the FIN"},
			{Left, fin(19, 26), "no more data from me either"},
			{Right, ack(26, 20, 1000), "acknowledges the FIN"},
			{Left, fin(19, 26), "again: no more data from me"},
			{Right, ack(26, 20, 1000), "acknowledges the FIN again"},
			{Left, tcp.Segment{Flags: tcp.RST, Seq: 20}, "there is no such connection any more"},
		}...))
	}
}

func TestNarratorTellsOfLoss(t *testing.T) {
	tell(t, 100, 300, []spoken{
		{Left, syn(1000), "asks to open; my numbers begin at 0"},
		{Left, syn(1000), "asks again: no answer came"},
		{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 1000}, "agrees; my numbers begin at 0, I expect your 1 next"},
		{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 1000}, "agrees again: no acknowledgment came"},
		{Left, ack(1, 1, 1000), "acknowledges the SYN: the connection is open"},
		{Left, length(1, 1, "abc"), "text, 3 bytes"},
		{Left, length(4, 1, "def"), "more of the text, 3 bytes"},
		{Right, ack(1, 1, 1000), "still waits for 1: it did not come"},
		{Left, length(1, 1, "abc"), "again, 3 bytes"},
		{Right, ack(1, 7, 1000), "acknowledges up to 6"},
		{Left, length(1, 1, "abc"), "again, 3 bytes"},
		{Right, ack(1, 7, 1000), "acknowledges again up to 6"},
		{Left, syn(1000), "its SYN again, though it had its answer"},
		{Left, tcp.Segment{Flags: tcp.SYN, Seq: 1 << 20}, "an old SYN, from a conversation long past"},
	})
	tell(t, 100, 300, append(opened(), []spoken{
		{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 1000}, "agrees again: no acknowledgment came"},
		{Left, length(1, 1, "abc"), "text, 3 bytes"},
		{Left, ack(4, 1, 1000), "acknowledges the SYN again"},
	}...))
}

func TestNarratorTellsOfWindows(t *testing.T) {
	tell(t, 100, 300, append(opened(), []spoken{
		{Left, length(1, 1, "abc"), "text, 3 bytes"},
		{Right, ack(1, 4, 0), "acknowledges up to 3; no room for more"},
		{Left, length(4, 1, "d"), "zero-window probe: is there room now?"},
		{Right, ack(1, 4, 2000), "answers the probe: room for 2000"},
		{Right, ack(1, 4, 2500), "has read: room for 2500 now"},
		{Right, ack(1, 4, 1500), "window is 1500 now"},
		{Right, ack(1, 4, 0), "window closes: no room for more"},
		{Right, ack(1, 5, 10), "acknowledges up to 4; room for 10 again"},
		{Right, ack(1, 5, 10), "says again where it is: 5 is next"},
	}...))
}

// TestNarratorTellsOfProbes has a window stay closed while it is asked for again and
// again, and open afterwards.
func TestNarratorTellsOfProbes(t *testing.T) {
	closed := append(opened(),
		spoken{Left, length(1, 1, "abc"), "text, 3 bytes"},
		spoken{Right, ack(1, 4, 0), "acknowledges up to 3; no room for more"},
		spoken{Left, length(4, 1, "d"), "zero-window probe: is there room now?"},
		spoken{Right, ack(1, 4, 0), "answers the probe: still no room"},
		spoken{Left, length(4, 1, "d"), "zero-window probe: is there room now?"},
		spoken{Right, ack(1, 4, 0), "answers the probe: still no room"})
	for _, after := range [][]spoken{
		{ // the application reads
			{Right, ack(1, 4, 2000), "window opens: room for 2000"},
			{Left, length(4, 1, "def"), "more of the text, 3 bytes"},
		},
		{ // it has read when the next probe comes
			{Left, length(4, 1, "d"), "zero-window probe: is there room now?"},
			{Right, ack(1, 5, 2000), "acknowledges up to 4; room for 2000 again"},
		},
		{ // and so has that of an end which does not take the byte
			{Left, length(4, 1, "d"), "zero-window probe: is there room now?"},
			{Right, ack(1, 4, 2000), "answers the probe: room for 2000"},
		},
		{ // a probe that carries nothing, as Linux sends it
			{Left, ack(3, 1, 1000), "zero-window probe: is there room now?"},
			{Right, ack(1, 4, 0), "answers the probe: still no room"},
			{Right, ack(1, 4, 2000), "window opens: room for 2000"},
			{Left, length(4, 1, "d"), "again, 1 byte"},
			{Right, ack(1, 5, 2000), "acknowledges up to 4"},
			{Left, ack(4, 1, 1000), "keep-alive: are you still there?"},
			{Right, ack(1, 5, 2000), "says again where it is: 5 is next"},
		},
	} {
		tell(t, 1<<32-3, 300, append(closed[:len(closed):len(closed)], after...))
	}
}

// TestNarratorTellsOfAWindowAfterText that was sent again: its ACK is not to hide
// what comes later.
func TestNarratorTellsOfAWindowAfterText(t *testing.T) {
	tell(t, 100, 300, append(opened(), []spoken{
		{Left, length(1, 1, "abc"), "text, 3 bytes"},
		{Right, ack(1, 4, 700), "acknowledges up to 3"},
		{Left, length(1, 1, "abc"), "again, 3 bytes"},
		{Right, ack(1, 4, 700), "acknowledges again up to 3"},
		{Right, ack(1, 4, 1000), "has read: room for 1000 now"},
	}...))
}

func TestNarratorScalesWindows(t *testing.T) {
	scale := tcp.Options{WindowScale: 3, HasWindowScale: true}
	tell(t, 100, 300, []spoken{
		{Left, tcp.Segment{Flags: tcp.SYN, Options: scale, Window: 100}, "asks to open; my numbers begin at 0"},
		{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Options: scale, Window: 100}, "agrees; my numbers begin at 0, I expect your 1 next"},
		{Left, ack(1, 1, 100), "acknowledges the SYN: the connection is open"},
		{Left, ack(1, 1, 200), "has read: room for 1600 now"},
	})
}

func TestNarratorTellsOfOtherOpensAndCloses(t *testing.T) {
	tell(t, 100, 300, []spoken{
		{Left, syn(1000), "asks to open; my numbers begin at 0"},
		{Right, syn(1000), "asks to open too, at the same time"},
		{Left, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 1000}, "agrees as well: acknowledges the other SYN"},
		{Right, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1, Window: 1000}, "agrees as well: acknowledges the other SYN"},
	})
	tell(t, 100, 300, append(opened(), []spoken{
		{Left, fin(1, 1), "no more data from me"},
		{Right, fin(1, 1), "no more data from me either"},
		{Left, ack(2, 2, 1000), "acknowledges the FIN"},
		{Right, ack(2, 2, 1000), "acknowledges the FIN"},
	}...))
	last := length(1, 1, "bye")
	last.Flags |= tcp.FIN
	tell(t, 100, 300, append(opened(), []spoken{
		{Left, last, "text, 3 bytes; no more data from me"},
		{Right, fin(1, 5), "acknowledges the FIN; no more data from me either"},
		{Left, tcp.Segment{Flags: tcp.ACK | tcp.SYN | tcp.RST, Seq: 9}, "there is no such connection any more"},
	}...))
	tell(t, 100, 0, []spoken{
		{Left, syn(1000), "asks to open; my numbers begin at 0"},
		{Right, tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: 1}, "refuses: there is no such connection here"},
	})
	tell(t, 100, 300, append(opened(),
		spoken{Left, tcp.Segment{Flags: tcp.RST, Seq: 1}, "reset: the connection is over at once"},
		spoken{Left, tcp.Segment{}, "carries nothing"}))
}

func TestNarratorBeginsANewConversationBetweenTheSameEnds(t *testing.T) {
	var n Narrator
	see := func(seg tcp.Segment) Remark {
		seg.Src, seg.Dst = client, server
		return n.See(&seg)
	}
	see(tcp.Segment{Flags: tcp.SYN, Seq: 100})
	see(tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: 101, Ack: 301})
	again := see(tcp.Segment{Flags: tcp.SYN, Seq: 5000})
	require.Equal(t, "asks to open; my numbers begin at 0", again.Purpose)
	require.Equal(t, tcp.Seq(5000), again.ISS)
}

// TestNarratorBeginsANewConversationWithTheSameNumbers follows one that was closed,
// one that was refused and one that was reset with another that begins with the same
// numbers, and whose SYN is lost.
func TestNarratorBeginsANewConversationWithTheSameNumbers(t *testing.T) {
	last := opened()
	again := append([]spoken{last[0], {Left, syn(1000), "asks again: no answer came"}}, last[1:]...)
	for _, first := range [][]spoken{
		append(opened(), []spoken{
			{Left, fin(1, 1), "no more data from me"},
			{Right, fin(1, 2), "acknowledges the FIN; no more data from me either"},
			{Left, ack(2, 2, 1000), "acknowledges the FIN"},
		}...),
		append(opened(), spoken{Right, tcp.Segment{Flags: tcp.RST, Seq: 1}, "reset: the connection is over at once"}),
		{last[0], {Right, tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: 1}, "refuses: there is no such connection here"}},
	} {
		tell(t, 100, 0, append(first, append(again, []spoken{
			{Left, length(1, 1, "abc"), "text, 3 bytes"},
			{Right, ack(1, 4, 1000), "acknowledges up to 3"},
		}...)...))
	}
	tell(t, 100, 0, []spoken{
		last[0],
		{Right, tcp.Segment{Flags: tcp.RST | tcp.ACK, Ack: 1}, "refuses: there is no such connection here"},
		{Right, syn(1000), "asks to open; my numbers begin at 0"}, // now the other one calls
	})
}

// TestNarratorTellsOfAnOldSYN has one come to a socket of the conversation before, which
// says where that is, is refused, and so on, until the caller gives up.
func TestNarratorTellsOfAnOldSYN(t *testing.T) {
	elsewhere := tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: 5000, Window: 1000}
	tell(t, 100, 300, []spoken{
		{Left, syn(1000), "asks to open; my numbers begin at 0"},
		{Right, elsewhere, "says where it is, in another conversation"},
		{Left, tcp.Segment{Flags: tcp.RST, Seq: 5000}, "refuses: that acknowledges nothing of mine"},
		{Left, syn(1000), "asks again: no answer came"},
	})
}

// TestNarratorTellsOfAnACKOfNothing has an end believe that the other has said more than it
// has: what comes after it is told as if it had not been said.
func TestNarratorTellsOfAnACKOfNothing(t *testing.T) {
	tell(t, 1<<32-3, 300, append(opened(), []spoken{
		{Left, length(1, 1, "abc"), "text, 3 bytes"},
		{Right, ack(1, 4, 1000), "acknowledges up to 3"},
		{Left, ack(4, 2, 1000), "acknowledges what was never sent"},
		{Right, ack(1, 4, 1000), "says again where it is: 4 is next"},
	}...))
}

// TestNarratorHearsOfALoss: the end that has not heard of room asks for it.
func TestNarratorHearsOfALoss(t *testing.T) {
	for _, lost := range []bool{false, true} {
		var n Narrator
		see := func(s spoken) (tcp.Segment, string) {
			seg := s.segment
			seg.Src, seg.Dst = client, server
			if s.from == Right {
				seg.Src, seg.Dst = server, client
			}
			return seg, n.See(&seg).Purpose
		}
		for _, s := range append(opened(), spoken{Left, length(1, 1, "abc"), ""}, spoken{Right, ack(1, 4, 0), ""}) {
			see(s)
		}
		update, says := see(spoken{Right, ack(1, 4, 1000), ""})
		require.Equal(t, "window opens: room for 1000", says)
		want := "more of the text, 1 byte"
		if lost {
			n.Lost(&update)
			want = "zero-window probe: is there room now?"
		}
		_, says = see(spoken{Left, length(4, 1, "d"), ""})
		require.Equal(t, want, says)
		iss, irs := n.Initial(&tcp.Segment{Src: server, Dst: client, Seq: 77})
		require.Equal(t, []tcp.Seq{0, 0}, []tcp.Seq{iss, irs})
		iss, irs = n.Initial(&tcp.Segment{Src: server, Dst: server, Seq: 77, Ack: 5})
		require.Equal(t, []tcp.Seq{77, 5}, []tcp.Seq{iss, irs}, "nobody has said anything there")
		n.Lost(&update) // was not the last: changes nothing
		n.Lost(&tcp.Segment{Src: server, Dst: server})
	}
}

// TestNarratorComesInTheMiddle shows that it counts from where it came in.
func TestNarratorComesInTheMiddle(t *testing.T) {
	var n Narrator
	seg := length(101, 301, "hello")
	seg.Src, seg.Dst = client, server
	require.Equal(t, Remark{Purpose: "text, 5 bytes", ISS: 100, IRS: 300, Window: true}, n.See(&seg))
}

func BenchmarkNarrator(b *testing.B) {
	var n Narrator
	seg := length(1, 1, "hello")
	seg.Src, seg.Dst = client, server
	for b.Loop() {
		n.See(&seg)
	}
}

func TestKorean(t *testing.T) {
	for english, korean := range map[string]string{
		"acknowledges up to 12; no room for more":             "12번까지 확인 응답. 더 받을 자리 없음",
		"text, 3 bytes; no more data from me":                 "데이터, 3바이트. 더 보낼 것 없음",
		"agrees; my numbers begin at 0, I expect your 1 next": "수락. 내 번호는 0부터, 다음은 그쪽의 1번",
		"lost":                           "유실",
		"acknowledges the FIN; and more": "acknowledges the FIN; and more",
		"데이터 3":                          "데이터 3",
		"":                               "",
	} {
		require.Equal(t, korean, Korean(english))
	}
}
