package script

import (
	"os"
	"slices"
	"strings"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// mostSockets bounds a recording, as story.MostRows does: sockets but the first, the latest and
// the current one are left out.
const mostSockets = 10

// tape records a conversation, for lab show: what happens, and your sockets after it. A
// script whose test nobody wants recorded has none, and each method does nothing then.
type tape struct {
	s        *Script
	file     string
	rows     []story.Row
	views    []story.View
	of       []int // of each row: its view
	rungs    []int // of each rung of the ladder: its row
	fresh    int   // the first row of the act that is under way
	narrator ladder.Narrator
	before   map[*tcp.TCB][]story.Var
	wire     uint64
}

// newTape returns a tape where the environment asks for one.
func newTape(s *Script) *tape {
	file := os.Getenv(workbook.RecordVariable)
	if file == "" {
		return nil
	}
	r := &tape{s: s, file: file, before: make(map[*tcp.TCB][]story.Var)}
	r.views = append(r.views, r.view())
	return r
}

// begins records an act before it is carried out, so that one which never ends is there, too.
func (r *tape) begins(rung *ladder.Rung) {
	if r == nil {
		return
	}
	r.fresh = len(r.rows)
	if rung.Kind == ladder.Event {
		r.rungs = append(r.rungs, len(r.rows))
		r.add(story.Row{Kind: story.Called, Host: "A", Says: workbook.Say(rung.Text), FromRow: -1})
		return
	}
	r.rungs = append(r.rungs, len(r.rows))
	r.segment("B", "A", &rung.Segment)
}

// expires records that timers go off.
func (r *tape) expires() {
	if r == nil {
		return
	}
	r.fresh = len(r.rows)
	now := int64(r.s.elapsed())
	for _, b := range r.s.sockets {
		for _, t := range story.ViewSocket(b, start, r.language()).Timers {
			if t.At <= now {
				r.add(story.Row{Kind: story.TimedOut, Host: "A", Says: t.What, FromRow: -1})
			}
		}
	}
}

// settles records how things are after the act, and what was sent in it.
func (r *tape) settles(sent []tcp.Segment) {
	if r == nil {
		return
	}
	r.views = append(r.views, r.view())
	for i := range sent[:min(len(sent), story.MostRows)] {
		r.rungs = append(r.rungs, len(r.rows))
		r.segment("A", "B", &sent[i])
	}
	for n := r.fresh; n < len(r.rows); n++ {
		if row := &r.rows[n]; row.Kind == story.Sent && row.Host == "B" {
			continue // it is on its way yet
		}
		r.states(n)
	}
}

// nothing records that what should have been sent was not.
func (r *tape) nothing(says string) {
	if r == nil {
		return
	}
	r.rungs = append(r.rungs, len(r.rows))
	r.add(story.Row{Kind: story.Note, Host: "A", Says: workbook.Say(says), FromRow: -1})
	r.states(len(r.rows) - 1)
}

// cut forgets what came after the first rungs of the ladder.
func (r *tape) cut(rungs int) {
	if r == nil || rungs >= len(r.rungs) {
		return
	}
	r.rows, r.of = r.rows[:r.rungs[rungs]], r.of[:r.rungs[rungs]]
	r.rungs = r.rungs[:rungs]
}

func (r *tape) add(row story.Row) {
	row.N, row.At, row.Action = len(r.rows), int64(r.s.elapsed()), -1
	r.rows = append(r.rows, row)
	r.of = append(r.of, 0)
	r.states(row.N)
}

// states says how things are after a row, as far as is known.
func (r *tape) states(n int) {
	row := &r.rows[n]
	row.States = story.Pair[string]{A: r.s.stateNow().String(), B: r.s.shadow.state.String()}
	row.Sockets = story.Pair[int]{A: 1 + slices.Index(r.s.sockets, r.s.subject()), B: 1}
	r.of[n] = len(r.views) - 1
}

// segment records that a segment is sent, and arrives at once.
func (r *tape) segment(from, to string, seg *tcp.Segment) {
	remark := r.narrator.See(seg)
	r.wire++
	row := story.Row{
		Kind: story.Sent, Host: from, Says: remark.Purpose, Purpose: remark.Purpose, FromRow: -1,
		Wire: r.wire, Src: tcp.Endpoint(seg.Src), Dst: tcp.Endpoint(seg.Dst), Flags: seg.Flags.String(),
		Seq: uint32(seg.Seq), SeqRel: seg.Seq.Sub(remark.ISS), Len: len(seg.Payload),
		Win: int(seg.Window), WinSize: int(seg.Window) << remark.Scale, Options: seg.Options.String(),
	}
	if r.language() == story.Korean {
		row.Purpose = ladder.Korean(row.Purpose)
		row.Says = row.Purpose
	}
	if seg.Flags.Has(tcp.ACK) {
		row.Ack, row.AckRel = uint32(seg.Ack), seg.Ack.Sub(remark.IRS)
	}
	r.add(row)
	row.Kind, row.Host, row.FromRow = story.Arrived, to, len(r.rows)-1
	stroke := (&ladder.Rung{From: ladder.Side(from[0] - 'A')}).Stroke()
	row.Stroke = &stroke
	r.add(row)
}

// view is what there is to see now.
func (r *tape) view() story.View {
	s := r.s
	v := story.View{At: int64(s.elapsed()), Air: []story.InAir{}}
	v.Hosts[0] = story.HostView{
		Name: "A", Addr: You.String(), Up: true, Sockets: []story.SocketView{},
		Chapters: [5]string{"mine", "mine", "mine", "mine", "mine"},
	}
	v.Hosts[1] = story.HostView{
		Name: "B", Addr: s.peer.Addr().String(), Up: true, Chapters: [5]string{"none", "none", "none", "none", "none"},
		Sockets: []story.SocketView{{
			ID: 1, Name: tcp.Endpoint(s.peer), State: s.shadow.state.String(), Meaning: s.shadow.state.Meaning(),
			Vars: []story.Var{}, Windows: []story.Window{}, Timers: []story.Timer{},
		}},
		Shown: 1,
	}
	if s.abandoned { // what a call that did not come back works on is not looked at
		v.Hosts[0] = r.views[len(r.views)-1].Hosts[0]
		return v
	}
	subject := s.subject()
	for i, b := range s.sockets {
		if i > 0 && i < len(s.sockets)-mostSockets && b != subject {
			continue
		}
		k := story.ViewSocket(b, start, r.language())
		k.ID, k.Name = i+1, tcp.Endpoint(b.Local)
		if b.Remote.IsValid() {
			k.Name += " → " + tcp.Endpoint(b.Remote)
		}
		k.Waiting = b.Parent != nil && b.State.Synchronized()
		k.MarkChanges(r.before[b])
		r.before[b] = k.Vars
		v.Hosts[0].Sockets = append(v.Hosts[0].Sockets, k)
		if b == subject {
			v.Hosts[0].Shown = k.ID
		}
	}
	return v
}

func (r *tape) language() string { return workbook.Spoken().Name() }

// failed writes the recording of a test that has failed. rung is where, as a place in the
// ladder, or -1 for its end; lines is what the test says, and advice what stands below the
// ladder.
func (r *tape) failed(p *problem, rung int, lines, advice []string) {
	if r == nil {
		return
	}
	f := story.Failure{Row: len(r.rows) - 1, Lines: lines, Advice: advice}
	if rung >= 0 && rung < len(r.rungs) {
		f.Row = r.rungs[rung]
	}
	f.Wanted, f.Got = takenApart(p.lines)
	out := story.Recording{Test: r.s.t.Name(), Failure: f}
	out.Play, out.Views, out.Of, out.Failure.Cut = r.last()
	out.Failure.Row = max(-1, f.Row-out.Failure.Cut)
	if err := out.AddTo(r.file); err != nil {
		r.s.t.Logf("the recording: %v", err)
	}
}

// last returns the last rows, and their views.
func (r *tape) last() (play *story.Play, views []story.View, of []int, cut int) {
	rows, cut := story.LastRows(r.rows)
	first := 0
	if cut > 0 {
		first = r.of[cut-1]
	}
	for _, view := range r.of[cut:] {
		of = append(of, view-first)
	}
	play = &story.Play{OK: true, Rows: rows, Tape: []story.Stretch{}, Actions: []story.Did{}, Now: int64(r.s.elapsed())}
	if len(rows) > 0 {
		views = r.views[first : r.of[len(r.of)-1]+1]
	} else {
		views = r.views[:1]
	}
	return play, views, of, cut
}

// takenApart parts what a failure says into what was wanted and what there was instead.
// Both are empty where it does not say it in one of the usual ways.
func takenApart(lines []string) (wanted, got []string) {
	for _, line := range lines {
		switch {
		case strings.HasSuffix(line, "(-want +got):"): // what follows says it
		case strings.HasPrefix(line, "-  "):
			wanted = append(wanted, line[3:])
		case strings.HasPrefix(line, "+  "):
			got = append(got, line[3:])
		case strings.HasPrefix(line, "   "):
			wanted, got = append(wanted, line[3:]), append(got, line[3:])
		case strings.HasPrefix(line, " got "):
			got = append(got, line[5:])
		default:
			if w, g, ok := wantAndGot(line); ok {
				wanted = append(wanted, workbook.Say(w))
				if g != "" {
					got = append(got, workbook.Say(g))
				}
			}
		}
	}
	return wanted, got
}

// wantAndGot parts "want …, got …" and "want …, but …"; got is "" for "want …" alone.
func wantAndGot(line string) (want, got string, ok bool) {
	_, rest, ok := strings.Cut(line, "want ")
	if !ok {
		return "", "", false
	}
	for _, between := range []string{", got ", ", but ", "; got "} {
		if want, got, ok := strings.Cut(rest, between); ok {
			return want, got, true
		}
	}
	return rest, "", true
}
