package ladder

import (
	"net/netip"
	"strings"
	"time"

	"tcpworkbook/kit/tcp"
)

var (
	client = netip.MustParseAddrPort("10.0.0.1:50000")
	server = netip.MustParseAddrPort("10.0.0.2:80")
)

const (
	clientISS tcp.Seq = 1<<32 - 2
	serverISS tcp.Seq = 300
)

// life is the whole life of a connection whose server closes first and whose
// first FIN is lost.
func life() *Diagram {
	d := &Diagram{Left: "client", Right: "server"}
	var n Narrator
	l, r := tcp.Closed, tcp.Closed
	at := time.Duration(0)
	heading := func(text string) { d.Add(Rung{Kind: Heading, Text: text}) }
	event := func(from Side, left, right tcp.State, text string) {
		l, r = left, right
		d.Add(Rung{Kind: Event, At: at, From: from, Left: l, Right: r, Text: text})
	}
	send := func(from Side, fate Fate, left, right tcp.State, seg tcp.Segment) {
		seg.Src, seg.Dst = client, server
		iss, irs := clientISS, serverISS
		if from == Right {
			seg.Src, seg.Dst = server, client
			iss, irs = irs, iss
		}
		seg.Seq += iss
		if seg.Flags.Has(tcp.ACK) {
			seg.Ack += irs
		}
		seg.Window = 65535
		remark := n.See(&seg)
		l, r = left, right
		d.Add(Rung{
			At: at, Arrived: at + 10*time.Millisecond, From: from, Left: l, Right: r, Segment: seg,
			ISS: remark.ISS, IRS: remark.IRS, Window: remark.Window, Scale: remark.Scale, Fate: fate, Text: remark.Purpose,
		})
		at += 10 * time.Millisecond
	}
	request := []byte("GET / HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n")
	response := []byte("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1441))

	heading("1 · socket")
	event(Right, tcp.Closed, tcp.Listen, "Listen(:80)")
	event(Left, tcp.Closed, tcp.Listen, "a socket is made")
	heading("2 · handshake")
	send(Left, Arrives, tcp.SynSent, tcp.SynReceived, tcp.Segment{Flags: tcp.SYN})
	send(Right, Arrives, tcp.Established, tcp.SynReceived, tcp.Segment{Flags: tcp.SYN | tcp.ACK, Ack: 1})
	send(Left, Arrives, tcp.Established, tcp.Established, tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: 1})
	heading("3 · transfer")
	send(Left, Duplicated, l, r, tcp.Segment{Flags: tcp.PSH | tcp.ACK, Seq: 1, Ack: 1, Payload: request})
	end := tcp.Seq(1 + len(request))
	send(Right, Arrives, l, r, tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: end})
	send(Right, Corrupted, l, r, tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: end, Payload: response})
	at += time.Second
	send(Right, Arrives, l, r, tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: end, Payload: response})
	send(Right, Arrives, l, r, tcp.Segment{Flags: tcp.PSH | tcp.ACK, Seq: 1461, Ack: end, Payload: response[1000:]})
	done := tcp.Seq(1461 + len(response) - 1000)
	send(Left, Arrives, l, r, tcp.Segment{Flags: tcp.ACK, Seq: end, Ack: done})
	heading("4 · teardown")
	event(Right, l, tcp.FinWait1, "Close()")
	send(Right, Lost, l, tcp.FinWait1, tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: done, Ack: end})
	at += time.Second
	send(Right, Arrives, tcp.CloseWait, tcp.FinWait1, tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: done, Ack: end})
	send(Left, Arrives, tcp.CloseWait, tcp.FinWait2, tcp.Segment{Flags: tcp.ACK, Seq: end, Ack: done + 1})
	event(Left, tcp.LastAck, r, "Close()")
	send(Left, Arrives, tcp.LastAck, tcp.TimeWait, tcp.Segment{Flags: tcp.FIN | tcp.ACK, Seq: end, Ack: done + 1})
	heading("5 · time-wait")
	send(Right, Arrives, tcp.Closed, tcp.TimeWait, tcp.Segment{Flags: tcp.ACK, Seq: done + 1, Ack: end + 1})
	at += 4 * time.Minute
	event(Right, tcp.Closed, tcp.Closed, "2MSL are over: the last socket is deleted")
	return d
}
