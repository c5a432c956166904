package story

import (
	"encoding/hex"
	"fmt"
	"sort"
	"time"

	"tcpworkbook/kit/tcp"
)

// View is all there is to see after a row.
type View struct {
	At    int64       `json:"at"`
	Hosts [2]HostView `json:"hosts"`
	Air   []InAir     `json:"air"`
}

// HostView is a host.
type HostView struct {
	Name     string       `json:"name"`
	Addr     string       `json:"addr"`
	Up       bool         `json:"up"`       // its cable is in
	Chapters [5]string    `json:"chapters"` // whose: "mine", "ref" or "none"
	Sockets  []SocketView `json:"sockets"`  // by their numbers; those that are gone, too
	Counters Counters     `json:"counters"`
	Shown    int          `json:"shown"` // the socket that the row is about; 0 for none
}

// Counters count packets.
type Counters struct {
	Damaged    int `json:"damaged"`
	NotForUs   int `json:"not_for_us"`
	Unsendable int `json:"unsendable"`
}

// SocketView is a socket.
type SocketView struct {
	ID      int      `json:"id"`
	Name    string   `json:"name"` // "50000 → B:80"
	State   string   `json:"state"`
	Meaning string   `json:"meaning"`
	Local   string   `json:"local"`
	Remote  string   `json:"remote"`
	Dead    bool     `json:"dead"`
	Waiting bool     `json:"waiting"` // to be accepted
	Error   string   `json:"error,omitempty"`
	Vars    []Var    `json:"vars"`
	Windows []Window `json:"windows"`
	Timers  []Timer  `json:"timers"`
	Queues  Queues   `json:"queues"`
}

// Var is a value in a TCB.
type Var struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Rel     string `json:"rel,omitempty"` // a sequence number, as it stands to the first: "iss+1"
	Changed bool   `json:"changed"`       // by what happened with this row
}

// Window is a part of the sequence space.
type Window struct {
	Name  string `json:"name"`  // "send" or "receive"
	Left  uint32 `json:"left"`  // SND.UNA; what is received and not read begins here
	Next  uint32 `json:"next"`  // SND.NXT; RCV.NXT
	Right uint32 `json:"right"` // where the window ends
	Used  int    `json:"used"`  // in flight; not read
	Free  int    `json:"free"`  // how many may come after Next
	Limit int    `json:"limit"` // the congestion window; the buffer

	Blocks [][2]uint32 `json:"blocks,omitempty"` // what has come behind a hole: from, and up to
}

// Timer is a timer that runs.
type Timer struct {
	Name string `json:"name"`
	At   int64  `json:"at"`   // ns since the beginning
	What string `json:"what"` // what happens when it goes off
}

// Queues are how many bytes wait: to be sent or acknowledged, to be read, behind holes;
// and of a listener, how many connections are half open, and ready to be accepted.
type Queues struct {
	Send  int `json:"send"`
	Recv  int `json:"recv"`
	Holes int `json:"holes"`
	Half  int `json:"half"`
	Ready int `json:"ready"`
}

// InAir is a packet in the air.
type InAir struct {
	Wire      uint64 `json:"wire"`
	From      string `json:"from"`
	To        string `json:"to"`
	LeftAt    int64  `json:"left_at"`
	ArrivesAt int64  `json:"arrives_at"`
	Held      bool   `json:"held"`
	Forged    bool   `json:"forged"`
	CopyOf    uint64 `json:"copy_of,omitempty"`
	FromRow   int    `json:"from_row"`

	Src     string `json:"src"`
	Dst     string `json:"dst"`
	Flags   string `json:"flags"`
	Seq     uint32 `json:"seq"`
	Ack     uint32 `json:"ack"`
	Len     int    `json:"len"`
	Win     int    `json:"win"`
	Options string `json:"options,omitempty"`

	Parts []Part `json:"header"`
	Hex   string `json:"hex"` // the packet, from its IP header on
}

// View returns what there is to see after a row; -1 is the beginning. A row that there
// is not is the nearest one.
func (p *Play) View(row int) View {
	s := p.stage
	row = max(-1, min(row, len(s.rows)-1))
	event, at := 0, int64(0)
	if row >= 0 {
		event, at = s.events[row], s.rows[row].At
	}
	v := View{At: at, Air: []InAir{}}
	for i, side := range s.sides {
		v.Hosts[i] = side.view(event)
		if row >= 0 {
			v.Hosts[i].Shown = [2]int{s.rows[row].Sockets.A, s.rows[row].Sockets.B}[i]
		}
	}
	for _, f := range s.packets[1:] {
		if f != nil && f.born <= row && (f.gone < 0 || f.gone > row) {
			v.Air = append(v.Air, s.viewOf(f, row))
		}
	}
	return v
}

func (s *side) view(event int) HostView {
	i := sort.Search(len(s.states), func(i int) bool { return s.states[i].event > event }) - 1
	state := s.states[max(i, 0)]
	v := HostView{
		Name: s.name, Addr: s.host.Addr.String(), Up: state.up, Sockets: []SocketView{},
		Counters: Counters{state.damaged, state.notForUs, state.unsendable},
	}
	for n, w := range state.playing {
		v.Chapters[n] = whoseNames[w]
	}
	for _, k := range s.sockets {
		if i := k.at(event); i >= 0 {
			v.Sockets = append(v.Sockets, s.viewOf(k, i, event))
		}
	}
	return v
}

// at returns the socket's last shot not after an event; -1 before it was there.
func (k *socket) at(event int) int {
	return sort.Search(len(k.shots), func(i int) bool { return k.shots[i].event > event }) - 1
}

func (s *side) viewOf(k *socket, i, event int) SocketView {
	at, p := &k.shots[i], s.p
	b := at.tcb
	if at.dead {
		b.State = tcp.Closed
	}
	v := ViewSocket(&b, p.start, p.cast.Language)
	v.ID, v.Name = k.id, s.nameOf(k, &b)
	v.Dead, v.Waiting = at.dead, at.parent && at.tcb.State.Synchronized()
	v.Queues.Half, v.Queues.Ready = at.half, at.ready
	if k.listener {
		v.Vars, v.Windows, v.Timers = []Var{}, []Window{}, []Timer{}
		return v
	}
	if at.event == event { // else nothing of it has changed with this row
		var before []Var
		if i > 0 {
			before = vars(&k.shots[i-1].tcb, p.start)
		}
		v.MarkChanges(before)
	}
	return v
}

// ViewSocket returns what there is to see of a socket by itself: its number, its name, and
// what has changed of it are its host's to say. Times are counted from start.
func ViewSocket(b *tcp.TCB, start time.Time, language string) SocketView {
	v := SocketView{
		State: b.State.String(), Meaning: b.State.Meaning(),
		Local: tcp.Endpoint(b.Local), Remote: tcp.Endpoint(b.Remote),
		Dead: b.State == tcp.Closed, Error: explain(b.Err, language),
		Vars: []Var{}, Windows: []Window{}, Timers: []Timer{},
		Queues: Queues{Send: b.Snd.Queue.Len(), Recv: b.Rcv.Queue.Len()},
	}
	for _, block := range b.Rcv.Blocks {
		v.Queues.Holes += block.End.Sub(block.Start)
	}
	if l := b.Listener; l != nil {
		v.Queues.Half, v.Queues.Ready = len(l.Half), len(l.Ready)
	}
	if b.State == tcp.Listen {
		return v
	}
	v.Vars = vars(b, start)
	if !v.Dead {
		v.Windows = windows(b)
		for _, t := range timers(b) {
			v.Timers = append(v.Timers, Timer{t.name, int64(t.at.Sub(start)), t.what.in(language)})
		}
	}
	return v
}

// MarkChanges marks the values that are not what they were before.
func (v *SocketView) MarkChanges(before []Var) {
	old := map[string]string{}
	for _, w := range before {
		old[w.Name] = w.Value
	}
	for n := range v.Vars {
		v.Vars[n].Changed = old[v.Vars[n].Name] != v.Vars[n].Value
	}
}

// nameOf names a socket by its ports: "50000 → B:80".
func (s *side) nameOf(k *socket, b *tcp.TCB) string {
	if k.listener {
		return fmt.Sprintf("*:%d", b.Local.Port())
	}
	peer := s.peer.name
	if b.Remote.Addr() != s.peer.host.Addr {
		peer = b.Remote.Addr().String()
	}
	return fmt.Sprintf("%d → %s:%d", b.Local.Port(), peer, b.Remote.Port())
}

// vars are the values in a TCB that a reader may look for.
func vars(b *tcp.TCB, start time.Time) []Var {
	var all []Var
	heard, answered := b.Rcv.Nxt != b.Rcv.IRS, b.Snd.Una != b.Snd.ISS // until then, what it says of itself is 0
	seq := func(name string, n tcp.Seq, initial string, first tcp.Seq) {
		rel := initial
		switch {
		case initial == "irs" && !heard, name == "SND.WL2" && !answered:
			rel = ""
		case n != first:
			rel = fmt.Sprintf("%s%+d", initial, n.Sub(first))
		}
		all = append(all, Var{Name: name, Value: decimal(uint32(n)), Rel: rel})
	}
	plain := func(name string, value any) { all = append(all, Var{Name: name, Value: fmt.Sprint(value)}) }
	seq("SND.UNA", b.Snd.Una, "iss", b.Snd.ISS)
	seq("SND.NXT", b.Snd.Nxt, "iss", b.Snd.ISS)
	plain("SND.WND", b.Snd.Wnd)
	seq("SND.WL1", b.Snd.Wl1, "irs", b.Rcv.IRS)
	seq("SND.WL2", b.Snd.Wl2, "iss", b.Snd.ISS)
	plain("ISS", uint32(b.Snd.ISS))
	seq("RCV.NXT", b.Rcv.Nxt, "irs", b.Rcv.IRS)
	plain("RCV.WND", b.Rcv.Wnd)
	if b.Timestamps.On {
		plain("TS.Recent", b.Timestamps.Recent)
	}
	plain("IRS", uint32(b.Rcv.IRS))
	plain("MSS", b.Snd.MSS)
	plain("cwnd", b.Congestion.Window)
	plain("ssthresh", b.Congestion.Threshold)
	plain("dup ACKs", b.Congestion.DupACKs)
	plain("RTO", b.RTO.Value)
	plain("SRTT", b.RTO.SRTT)
	plain("attempts", b.RTO.Attempts)
	if b.Snd.FinSent {
		seq("our FIN", b.Snd.Fin, "iss", b.Snd.ISS)
	}
	if b.Rcv.FinSeen {
		seq("peer's FIN", b.Rcv.Fin, "irs", b.Rcv.IRS)
	}
	return all
}

// windows are the two windows of a connection.
func windows(b *tcp.TCB) []Window {
	flight := b.Snd.Nxt.Sub(b.Snd.Una)
	unread := b.Rcv.Queue.Len()
	receive := Window{
		Name: "receive", Left: uint32(b.Rcv.Nxt.Add(-unread)), Next: uint32(b.Rcv.Nxt), Right: uint32(b.Rcv.Nxt) + b.Rcv.Wnd,
		Used: unread, Free: int(b.Rcv.Wnd), Limit: b.Rcv.Queue.Limit(),
	}
	for _, block := range b.Rcv.Blocks {
		receive.Blocks = append(receive.Blocks, [2]uint32{uint32(block.Start), uint32(block.End)})
	}
	return []Window{{
		Name: "send", Left: uint32(b.Snd.Una), Next: uint32(b.Snd.Nxt), Right: uint32(b.Snd.Una) + b.Snd.Wnd,
		Used: flight, Free: max(0, int(b.Snd.Wnd)-flight), Limit: int(b.Congestion.Window),
	}, receive}
}

// viewOf shows a packet as it is after a row.
func (p *performance) viewOf(f *flight, row int) InAir {
	i := sort.Search(len(f.forms), func(i int) bool { return f.forms[i].row > row }) - 1
	at := f.forms[max(i, 0)]
	v := InAir{
		Wire: f.number, From: f.from.name, To: f.from.peer.name, LeftAt: p.since(at.sent), ArrivesAt: p.since(at.due),
		Held: at.held, Forged: at.forged, CopyOf: f.copyOf, FromRow: p.origin(f), Parts: parts(at.data), Hex: hex.EncodeToString(at.data),
	}
	var seg tcp.Segment
	if tcp.Decode(at.data, &seg) != nil {
		return v
	}
	v.Src, v.Dst, v.Flags = seg.Src.String(), seg.Dst.String(), seg.Flags.String()
	v.Seq, v.Len, v.Win, v.Options = uint32(seg.Seq), len(seg.Payload), int(seg.Window), seg.Options.String()
	if seg.Flags.Has(tcp.ACK) {
		v.Ack = uint32(seg.Ack)
	}
	return v
}
