package solutions_test

import (
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// What a segment does in each state, by RFC 9293 §3.10.7 as RFC 5961 has changed
// it, and as Linux was seen to do where they leave a choice. Every case is tried
// at four places of the window.

const window = 65535 // RCV.WND and SND.WND of a script's socket

var (
	rcvNxt = script.IRS + 1
	sndNxt = script.ISS + 1 // before a FIN
)

// places are where the first number of a segment stands.
var places = []struct {
	name   string
	seq    func(next tcp.Seq) tcp.Seq
	inside bool
}{
	{"RCV.NXT-1", func(next tcp.Seq) tcp.Seq { return next.Add(-1) }, false},
	{"RCV.NXT", func(next tcp.Seq) tcp.Seq { return next }, true},
	{"RCV.NXT+WND-1", func(next tcp.Seq) tcp.Seq { return next.Add(window - 1) }, true},
	{"RCV.NXT+WND", func(next tcp.Seq) tcp.Seq { return next.Add(window) }, false},
}

// outcome is what is to be seen after a segment has arrived.
type outcome struct {
	reply *tcp.Segment // nil for silence
	state tcp.State
	err   error // what the application is told
}

// synchronizedStates are the states whose segments go through the same checks.
var synchronizedStates = []tcp.State{
	tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.Closing, tcp.LastAck,
}

// A synchronized case is one kind of segment, and what becomes of it at a place
// inside the window, where next says whether that place is RCV.NXT.
type synchronizedCase struct {
	name   string
	seg    func(b *tcp.TCB) tcp.Segment // all but SEG.SEQ
	inside func(b *tcp.TCB, next bool) outcome
}

// duplicate is <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>.
func duplicate(b *tcp.TCB) *tcp.Segment {
	return &tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK}
}

func ackUpTo(b *tcp.TCB, n int) *tcp.Segment {
	return &tcp.Segment{Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt.Add(n), Flags: tcp.ACK}
}

// peerMaySend are the states in which the peer's FIN was not yet seen.
func peerMaySend(s tcp.State) bool {
	return s == tcp.Established || s == tcp.FinWait1 || s == tcp.FinWait2
}

var synchronizedCases = []synchronizedCase{
	{
		"old ACK", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Ack: b.Snd.Una, Flags: tcp.ACK} },
		func(b *tcp.TCB, next bool) outcome { return outcome{nil, b.State, nil} },
	},
	{
		"ACK of everything", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Ack: b.Snd.Nxt, Flags: tcp.ACK} },
		func(b *tcp.TCB, next bool) outcome {
			after := map[tcp.State]tcp.State{tcp.FinWait1: tcp.FinWait2, tcp.Closing: tcp.TimeWait, tcp.LastAck: tcp.Closed}
			if state, moves := after[b.State]; moves {
				return outcome{nil, state, nil}
			}
			return outcome{nil, b.State, nil}
		},
	},
	{
		"ACK beyond SND.NXT", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Ack: b.Snd.Nxt.Add(1), Flags: tcp.ACK} },
		func(b *tcp.TCB, next bool) outcome { return outcome{duplicate(b), b.State, nil} },
	},
	{
		"data with an ACK beyond SND.NXT", func(b *tcp.TCB) tcp.Segment {
			return tcp.Segment{Ack: b.Snd.Nxt.Add(1), Flags: tcp.ACK, Payload: []byte("x")}
		},
		func(b *tcp.TCB, next bool) outcome { return outcome{duplicate(b), b.State, nil} },
	},
	{
		"data with an ACK below SND.UNA - MAX.SND.WND", func(b *tcp.TCB) tcp.Segment {
			return tcp.Segment{Ack: b.Snd.Una.Add(-window - 1), Flags: tcp.ACK, Payload: []byte("x")}
		},
		func(b *tcp.TCB, next bool) outcome { return outcome{duplicate(b), b.State, nil} },
	},
	{
		"data with an old ACK", func(b *tcp.TCB) tcp.Segment {
			return tcp.Segment{Ack: b.Snd.Una.Add(-1), Flags: tcp.ACK, Payload: []byte("x")}
		}, dataArrives,
	},
	{
		"data", func(b *tcp.TCB) tcp.Segment {
			return tcp.Segment{Ack: b.Snd.Una, Flags: tcp.ACK, Payload: []byte("x")}
		}, dataArrives,
	},
	{
		"SYN", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Flags: tcp.SYN} },
		func(b *tcp.TCB, next bool) outcome { return outcome{duplicate(b), b.State, nil} },
	},
	{
		"SYN,ACK", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Ack: b.Snd.Nxt, Flags: tcp.SYN | tcp.ACK} },
		func(b *tcp.TCB, next bool) outcome { return outcome{duplicate(b), b.State, nil} },
	},
	{
		"RST", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Flags: tcp.RST} },
		func(b *tcp.TCB, next bool) outcome {
			switch {
			case !next:
				return outcome{duplicate(b), b.State, nil}
			case b.State == tcp.Closing || b.State == tcp.LastAck:
				return outcome{nil, tcp.Closed, nil}
			}
			return outcome{nil, tcp.Closed, syscall.ECONNRESET}
		},
	},
	{
		"no control bit", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Payload: []byte("x")} },
		func(b *tcp.TCB, next bool) outcome { return outcome{nil, b.State, nil} },
	},
	{
		"FIN without ACK", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Flags: tcp.FIN} },
		func(b *tcp.TCB, next bool) outcome { return outcome{nil, b.State, nil} },
	},
	{
		"FIN", func(b *tcp.TCB) tcp.Segment { return tcp.Segment{Ack: b.Snd.Una, Flags: tcp.FIN | tcp.ACK} },
		func(b *tcp.TCB, next bool) outcome {
			after := map[tcp.State]tcp.State{tcp.Established: tcp.CloseWait, tcp.FinWait1: tcp.Closing, tcp.FinWait2: tcp.TimeWait}
			return finArrives(b, next, after)
		},
	},
	{
		"FIN that acknowledges everything", func(b *tcp.TCB) tcp.Segment {
			return tcp.Segment{Ack: b.Snd.Nxt, Flags: tcp.FIN | tcp.ACK}
		},
		func(b *tcp.TCB, next bool) outcome {
			after := map[tcp.State]tcp.State{tcp.Established: tcp.CloseWait, tcp.FinWait1: tcp.TimeWait, tcp.FinWait2: tcp.TimeWait}
			o := finArrives(b, next, after)
			switch {
			case b.State == tcp.FinWait1 && !next:
				o.state = tcp.FinWait2 // the ACK counts although the FIN has to wait
			case b.State == tcp.Closing:
				o.state = tcp.TimeWait
			case b.State == tcp.LastAck:
				o.state = tcp.Closed
			}
			return o
		},
	},
}

func dataArrives(b *tcp.TCB, next bool) outcome {
	switch {
	case !peerMaySend(b.State):
		return outcome{nil, b.State, nil} // after a FIN there is no text
	case next:
		return outcome{ackUpTo(b, 1), b.State, nil}
	}
	return outcome{duplicate(b), b.State, nil}
}

func finArrives(b *tcp.TCB, next bool, after map[tcp.State]tcp.State) outcome {
	switch {
	case !peerMaySend(b.State):
		return outcome{nil, b.State, nil}
	case next:
		return outcome{ackUpTo(b, 1), after[b.State], nil}
	}
	return outcome{duplicate(b), b.State, nil}
}

func TestSynchronizedStates(t *testing.T) {
	for _, state := range synchronizedStates {
		for _, c := range synchronizedCases {
			for _, place := range places {
				t.Run(fmt.Sprintf("%v/%s/%s", state, c.name, place.name), func(t *testing.T) {
					s := script.InState(t, solutions.Chapters(), state, wideWindow)
					b := s.TCB()
					seg := c.seg(b)
					seg.Seq = place.seq(b.Rcv.Nxt)
					want := outside(b, seg)
					if place.inside {
						want = c.inside(b, place.name == "RCV.NXT")
					}
					s.Send(seg)
					check(s, want)
				})
			}
		}
	}
}

// wideWindow makes RCV.WND what places takes it to be.
var wideWindow = script.Configure(func(c *tcp.Config) { c.ReceiveBuffer = window })

// outside is what becomes of a segment of which nothing lies in the window.
func outside(b *tcp.TCB, seg tcp.Segment) outcome {
	if seg.Flags.Has(tcp.RST) {
		return outcome{nil, b.State, nil}
	}
	return outcome{duplicate(b), b.State, nil}
}

// check looks for the reply, then the state, then what the application is told.
func check(s *script.Script, want outcome) {
	if want.reply != nil {
		s.Want("the table's reply", *want.reply)
	} else {
		s.WantSilence("the table has no reply")
	}
	if want.state == tcp.Closed {
		s.WantDeleted("the table says so")
	} else {
		s.WantState(want.state)
	}
	s.WantError("as the table says", want.err)
}

func TestClosed(t *testing.T) {
	for _, c := range []struct {
		name  string
		seg   tcp.Segment
		reply *tcp.Segment
	}{
		{"ACK", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.ACK}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"SYN", tcp.Segment{Seq: 7, Flags: tcp.SYN}, &tcp.Segment{Ack: 8, Flags: tcp.RST | tcp.ACK}},
		{"SYN,ACK", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.SYN | tcp.ACK}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"SYN,FIN with data", tcp.Segment{Seq: 7, Flags: tcp.SYN | tcp.FIN, Payload: []byte("abc")}, &tcp.Segment{Ack: 12, Flags: tcp.RST | tcp.ACK}},
		{"SYN that wraps", tcp.Segment{Seq: 1<<32 - 1, Flags: tcp.SYN}, &tcp.Segment{Ack: 0, Flags: tcp.RST | tcp.ACK}},
		{"RST", tcp.Segment{Seq: 7, Flags: tcp.RST}, nil},
		{"RST,ACK", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.RST | tcp.ACK}, nil},
		{"data without ACK", tcp.Segment{Seq: 7, Payload: []byte("abc")}, &tcp.Segment{Ack: 10, Flags: tcp.RST | tcp.ACK}},
		{"data", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.ACK, Payload: []byte("abc")}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"FIN", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.FIN | tcp.ACK}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"null", tcp.Segment{Seq: 7}, &tcp.Segment{Ack: 7, Flags: tcp.RST | tcp.ACK}},
		{"Xmas", tcp.Segment{Seq: 7, Flags: tcp.FIN | tcp.PSH | tcp.URG}, &tcp.Segment{Ack: 8, Flags: tcp.RST | tcp.ACK}},
		{"land", tcp.Segment{Src: at(script.You, 80), Dst: at(script.You, 80), Seq: 7, Flags: tcp.SYN}, nil},
		{"broadcast", tcp.Segment{Src: at(netip.MustParseAddr("255.255.255.255"), 5), Seq: 7, Flags: tcp.SYN}, nil},
		{"multicast", tcp.Segment{Src: at(netip.MustParseAddr("224.0.0.1"), 5), Seq: 7, Flags: tcp.SYN}, nil},
		{"to multicast", tcp.Segment{Dst: at(netip.MustParseAddr("ff02::1"), 5), Src: at(netip.MustParseAddr("fe80::1"), 5), Seq: 7, Flags: tcp.SYN}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := script.New(t, solutions.Chapters())
			s.Send(c.seg)
			if c.reply == nil {
				s.WantSilence("the table has no reply")
				return
			}
			s.Want("the table's reply", *c.reply)
		})
	}
}

func at(addr netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(addr, port) }

func TestListen(t *testing.T) {
	synACK := &tcp.Segment{Seq: script.ISS, Ack: 8, Flags: tcp.SYN | tcp.ACK}
	for _, c := range []struct {
		name  string
		seg   tcp.Segment
		reply *tcp.Segment
	}{
		{"ACK", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.ACK}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"SYN", tcp.Segment{Seq: 7, Flags: tcp.SYN}, synACK},
		{"SYN with data", tcp.Segment{Seq: 7, Flags: tcp.SYN, Payload: []byte("early")}, synACK},
		{"SYN,FIN", tcp.Segment{Seq: 7, Flags: tcp.SYN | tcp.FIN}, synACK},
		{"SYN,ACK", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.SYN | tcp.ACK}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"SYN,RST", tcp.Segment{Seq: 7, Flags: tcp.SYN | tcp.RST}, nil},
		{"RST", tcp.Segment{Seq: 7, Flags: tcp.RST}, nil},
		{"RST,ACK", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.RST | tcp.ACK}, nil},
		{"data without ACK", tcp.Segment{Seq: 7, Payload: []byte("abc")}, nil},
		{"FIN without ACK", tcp.Segment{Seq: 7, Flags: tcp.FIN}, nil},
		{"data", tcp.Segment{Seq: 7, Ack: 9, Flags: tcp.ACK, Payload: []byte("abc")}, &tcp.Segment{Seq: 9, Flags: tcp.RST}},
		{"null", tcp.Segment{Seq: 7}, nil},
		{"Xmas", tcp.Segment{Seq: 7, Flags: tcp.FIN | tcp.PSH | tcp.URG}, nil},
		{"land", tcp.Segment{Src: at(script.You, script.ServerPort), Seq: 7, Flags: tcp.SYN}, nil},
		{"broadcast", tcp.Segment{Src: at(netip.MustParseAddr("255.255.255.255"), 5), Seq: 7, Flags: tcp.SYN}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := script.New(t, solutions.Chapters(), script.Numbers(script.ISS, 7))
			l := s.Listen()
			s.Send(c.seg)
			if c.reply != nil {
				s.Want("the table's reply", *c.reply)
			} else {
				s.WantSilence("the table has no reply")
			}
			s.Use(l)
			s.WantState(tcp.Listen)
		})
	}
}

// What came with a SYN is not lost: it is delivered once the connection is
// established.
func TestTextAndFINOnASYN(t *testing.T) {
	s := script.New(t, solutions.Chapters())
	s.Listen()
	s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.FIN, Payload: []byte("early")})
	s.Want("the SYN is answered", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
	s.Send(tcp.Segment{Seq: 307, Ack: 101, Flags: tcp.ACK})
	s.WantACK("text and FIN are acknowledged", 307)
	s.WantState(tcp.CloseWait)
	s.Accept()
	s.WantRead("and the text delivered", "early")
	s.WantEOF("then the end")
}

func TestSynSent(t *testing.T) {
	refused := outcome{nil, tcp.Closed, syscall.ECONNREFUSED}
	stays := outcome{nil, tcp.SynSent, nil}
	for _, c := range []struct {
		name string
		seg  tcp.Segment
		want outcome
	}{
		{"ACK = ISS", tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.ACK}, outcome{&tcp.Segment{Seq: 100, Flags: tcp.RST}, tcp.SynSent, nil}},
		{"ACK > SND.NXT", tcp.Segment{Seq: 300, Ack: 102, Flags: tcp.ACK}, outcome{&tcp.Segment{Seq: 102, Flags: tcp.RST}, tcp.SynSent, nil}},
		{"SYN with ACK = ISS", tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.SYN | tcp.ACK}, outcome{&tcp.Segment{Seq: 100, Flags: tcp.RST}, tcp.SynSent, nil}},
		{"RST with ACK = ISS", tcp.Segment{Seq: 300, Ack: 100, Flags: tcp.RST | tcp.ACK}, stays},
		{"good ACK alone", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.ACK}, stays},
		{"SYN,ACK", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.SYN | tcp.ACK}, outcome{&tcp.Segment{Seq: 101, Ack: 301, Flags: tcp.ACK}, tcp.Established, nil}},
		{"bare SYN", tcp.Segment{Seq: 300, Flags: tcp.SYN}, outcome{&tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK}, tcp.SynReceived, nil}},
		{"RST with good ACK", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.RST | tcp.ACK}, refused},
		{"RST without ACK", tcp.Segment{Seq: 300, Flags: tcp.RST}, stays},
		{"SYN,RST", tcp.Segment{Seq: 300, Flags: tcp.SYN | tcp.RST}, stays},
		{"data without SYN", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.ACK, Payload: []byte("x")}, stays},
		{"FIN without SYN", tcp.Segment{Seq: 300, Ack: 101, Flags: tcp.FIN | tcp.ACK}, stays},
		{"null", tcp.Segment{Seq: 300}, stays},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := script.InState(t, solutions.Chapters(), tcp.SynSent)
			s.Send(c.seg)
			check(s, c.want)
		})
	}
}

func TestSynReceived(t *testing.T) {
	for _, passive := range []bool{true, false} {
		for _, place := range places {
			name := fmt.Sprintf("passive=%v/%s", passive, place.name)
			seq := place.seq(rcvNxt)
			challenge := outcome{&tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}, tcp.SynReceived, nil}
			silence := outcome{nil, tcp.SynReceived, nil}
			try := func(what string, seg tcp.Segment, want outcome) {
				t.Run(name+"/"+what, func(t *testing.T) {
					s := halfOpen(t, passive)
					seg.Seq = seq
					s.Send(seg)
					check(s, want)
				})
			}
			atNext := place.name == "RCV.NXT"
			wantRST := silence
			switch {
			case atNext && passive:
				wantRST = outcome{nil, tcp.Closed, nil} // back to LISTEN
			case atNext:
				wantRST = outcome{nil, tcp.Closed, syscall.ECONNREFUSED}
			case place.inside:
				wantRST = challenge
			}
			try("RST", tcp.Segment{Flags: tcp.RST}, wantRST)

			wantSYN := challenge
			if seq == script.IRS {
				wantSYN.reply = &tcp.Segment{Seq: script.ISS, Ack: rcvNxt, Flags: tcp.SYN | tcp.ACK}
			}
			try("SYN", tcp.Segment{Flags: tcp.SYN}, wantSYN)

			good, bad, none := challenge, challenge, challenge
			if place.inside {
				good = outcome{nil, tcp.Established, nil}
				bad = outcome{&tcp.Segment{Seq: sndNxt.Add(1), Flags: tcp.RST}, tcp.SynReceived, nil}
				none = silence
			}
			try("good ACK", tcp.Segment{Ack: sndNxt, Flags: tcp.ACK}, good)
			try("bad ACK", tcp.Segment{Ack: sndNxt.Add(1), Flags: tcp.ACK}, bad)
			try("no ACK", tcp.Segment{Payload: []byte("x")}, none)

			fin := challenge
			switch {
			case atNext:
				fin = outcome{&tcp.Segment{Seq: sndNxt, Ack: rcvNxt.Add(1), Flags: tcp.ACK}, tcp.CloseWait, nil}
			case place.inside:
				fin = outcome{&tcp.Segment{Seq: sndNxt, Ack: rcvNxt, Flags: tcp.ACK}, tcp.Established, nil}
			}
			try("FIN with good ACK", tcp.Segment{Ack: sndNxt, Flags: tcp.FIN | tcp.ACK}, fin)
		}
	}
}

// halfOpen makes a socket in SYN-RECEIVED, by a listener or by SYNs that crossed.
func halfOpen(t *testing.T, passive bool) *script.Script {
	s := script.New(t, solutions.Chapters(), wideWindow)
	if passive {
		s.Listen()
	} else {
		s.Connect()
		s.Want("our SYN", tcp.Segment{Seq: 100, Flags: tcp.SYN})
	}
	s.Send(tcp.Segment{Seq: 300, Flags: tcp.SYN})
	s.Want("our SYN,ACK", tcp.Segment{Seq: 100, Ack: 301, Flags: tcp.SYN | tcp.ACK})
	return s
}

func TestTimeWait(t *testing.T) {
	dup := tcp.Segment{Seq: 102, Ack: 302, Flags: tcp.ACK}
	for _, c := range []struct {
		name     string
		seg      tcp.Segment
		reply    *tcp.Segment
		restarts bool // 2MSL begin again
	}{
		{"the FIN again", tcp.Segment{Seq: 301, Ack: 102, Flags: tcp.FIN | tcp.ACK}, &dup, true},
		{"a FIN of other numbers", tcp.Segment{Seq: 1000, Ack: 102, Flags: tcp.FIN | tcp.ACK}, &dup, false},
		{"an old SYN", tcp.Segment{Seq: 300, Flags: tcp.SYN}, &dup, false},
		{"old data", tcp.Segment{Seq: 200, Ack: 102, Flags: tcp.ACK, Payload: []byte("old")}, &dup, false},
		{"data", tcp.Segment{Seq: 1000, Ack: 102, Flags: tcp.ACK, Payload: []byte("ten bytes")}, &dup, false},
		{"the last ACK again", tcp.Segment{Seq: 302, Ack: 102, Flags: tcp.ACK}, nil, false},
		{"RST at RCV.NXT", tcp.Segment{Seq: 302, Flags: tcp.RST}, nil, false},
		{"RST elsewhere", tcp.Segment{Seq: 310, Flags: tcp.RST}, nil, false},
		{"RST outside", tcp.Segment{Seq: 301, Flags: tcp.RST}, nil, false},
		{"an ACK before the window", tcp.Segment{Seq: 301, Ack: 102, Flags: tcp.ACK}, &dup, false},
		{"an ACK beyond the window", tcp.Segment{Seq: 302 + 1<<20, Ack: 102, Flags: tcp.ACK}, &dup, false},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			s := script.InState(t, solutions.Chapters(), tcp.TimeWait)
			began := s.TCB().Timers.TimeWait
			s.Elapse(script.MSL)
			s.Send(c.seg)
			if c.reply != nil {
				s.Want("the table's reply", *c.reply)
			} else {
				s.WantSilence("the table has no reply")
			}
			s.WantState(tcp.TimeWait)
			left := began.Sub(s.Now())
			if c.restarts {
				left = 2 * script.MSL
			}
			s.Elapse(left - time.Millisecond)
			s.WantState(tcp.TimeWait)
			s.Elapse(time.Millisecond)
			s.WantDeleted("2MSL have passed")
			s.Send(tcp.Segment{Seq: 302, Ack: 102, Flags: tcp.ACK})
			s.Want("after expiry nobody knows the connection", tcp.Segment{Seq: 102, Flags: tcp.RST})
		})
	}
}

func TestTimeWaitObeysResetIfAsked(t *testing.T) {
	s := script.InState(t, solutions.Chapters(), tcp.TimeWait,
		script.Configure(func(c *tcp.Config) { c.ObeyResetInTimeWait = true }))
	s.Send(tcp.Segment{Seq: 310, Flags: tcp.RST})
	s.WantState(tcp.TimeWait)
	s.Send(tcp.Segment{Seq: 302, Flags: tcp.RST})
	s.WantDeleted("as RFC 9293 has it")
}
