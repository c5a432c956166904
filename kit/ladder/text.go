package ladder

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"tcpworkbook/kit/columns"
	"tcpworkbook/kit/tcp"
)

// TextOptions say how to write a diagram as text.
type TextOptions struct {
	Color bool // use a terminal's colours
	Raw   bool // show the numbers as they are on the wire beside the relative ones
}

// The columns of a line, in characters: time, state, arrow, state. Together with
// the spaces between them they fit in 80.
const (
	timeWidth  = 9
	stateWidth = 12
	arrowWidth = 40
	indent     = timeWidth + 2 + stateWidth + 2 // where an arrow begins

	purposeWidth = 80 - indent - 3 // of what is written below an arrow
)

// Text writes the diagram for a terminal, 80 columns wide unless numbers are very
// long: for each segment a line with both ends' states and the arrow, and one
// that says what it is for. A window that has no room on its arrow stands there.
func (d *Diagram) Text(w io.Writer, o TextOptions) error {
	p := printer{w: bufio.NewWriter(w), options: o, arrow: arrowWidth, diagram: d}
	for i := range d.Rungs {
		if d.Rungs[i].Kind == Sent {
			p.arrow = max(p.arrow, columns.Width(p.label(&d.Rungs[i]))+6)
		}
	}
	p.line(paint{plain, strings.Repeat(" ", timeWidth+2)}, paint{bold, columns.Pad(d.say(d.Left), stateWidth+2+p.arrow+2)}, paint{bold, d.say(d.Right)})
	for i := range d.Rungs {
		p.rung(&d.Rungs[i])
	}
	return p.w.Flush()
}

// A printer writes rungs.
type printer struct {
	w       *bufio.Writer
	options TextOptions
	arrow   int // the arrows' length
	diagram *Diagram
}

// style is a terminal's escape sequence.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	blue   style = "34"
	purple style = "35"
	cyan   style = "36"
)

// stateStyles colour the states by the stage of life they belong to.
var stateStyles = [tcp.States]style{
	tcp.Closed: dim, tcp.Listen: cyan, tcp.SynSent: yellow, tcp.SynReceived: yellow,
	tcp.Established: green, tcp.FinWait1: purple, tcp.FinWait2: purple, tcp.CloseWait: purple,
	tcp.Closing: purple, tcp.LastAck: purple, tcp.TimeWait: blue,
}

func stateStyle(s tcp.State) style {
	if int(s) < len(stateStyles) {
		return stateStyles[s]
	}
	return plain
}

// paint is text in a style.
type paint struct {
	style style
	text  string
}

// line writes a line, without the spaces at its end.
func (p *printer) line(parts ...paint) {
	for len(parts) > 0 && strings.TrimSpace(parts[len(parts)-1].text) == "" {
		parts = parts[:len(parts)-1]
	}
	for i, part := range parts {
		text := part.text
		if i == len(parts)-1 {
			text = strings.TrimRight(text, " ")
		}
		if p.options.Color && part.style != plain {
			fmt.Fprintf(p.w, "\x1b[%sm%s\x1b[0m", part.style, text)
		} else {
			p.w.WriteString(text)
		}
	}
	p.w.WriteByte('\n')
}

func (p *printer) rung(r *Rung) {
	switch r.Kind {
	case Heading:
		p.heading(r)
	case Event:
		p.event(r)
	case Arrival:
		p.arrival(r)
	default:
		p.sent(r)
	}
}

// arrival writes the end of a slow segment's way.
func (p *printer) arrival(r *Rung) {
	of, any := p.diagram.arriving(r)
	if !any {
		return
	}
	of.At, of.Left, of.Right, of.Fate, of.Text, of.Window = r.At, r.Left, r.Right, Arrives, r.Text, false
	of.Mine = r.Mine
	p.between(&of, paint{plain, columns.Pad(p.open(&of, p.label(&of)), p.arrow)})
}

func (p *printer) heading(r *Rung) {
	text := p.diagram.say(r.Text)
	rule := max(0, timeWidth+2+2*(stateWidth+2)+p.arrow-len("── ")-1-columns.Width(text))
	p.line(paint{dim, "── "}, paint{bold, text}, paint{dim, " " + strings.Repeat("─", rule)})
}

// event writes what happened at one end, beside its state.
func (p *printer) event(r *Rung) {
	says := p.diagram.say(r.Text)
	text := "• " + says
	if r.From == Right {
		text = columns.PadLeft(says+" •", p.arrow)
	}
	p.ends(r, paint{plain, columns.Pad(text, p.arrow)})
}

func (p *printer) sent(r *Rung) {
	arrow := paint{plain, columns.Pad(p.drawn(r), p.arrow)}
	if r.Fate == Lost || r.Fate == Corrupted || r.Fate == Wrong {
		arrow.style = red
	}
	p.between(r, arrow)
}

// between writes an arrow between the two states, and below it what it is for.
func (p *printer) between(r *Rung, arrow paint) {
	p.ends(r, arrow)
	for _, text := range p.says(r) {
		says := "   " + text
		if r.From == Right { // on the side of whoever says it
			says = columns.PadLeft(text+"   ", p.arrow)
		}
		p.line(paint{plain, strings.Repeat(" ", indent)}, paint{dim, says})
	}
}

// ends writes what is between the two states, and these.
func (p *printer) ends(r *Rung, between paint) {
	p.line(p.time(r), mark(r.Mine[Left]), p.state(r.Left), gap, between, mark(r.Mine[Right]), p.state(r.Right))
}

var gap = paint{plain, "  "}

// MineMark stands before the state of an end whose code is the reader's own.
const MineMark = "▌"

// mark is what stands before a state, as wide as gap.
func mark(mine bool) paint {
	if mine {
		return paint{green, " " + MineMark}
	}
	return gap
}

func (p *printer) time(r *Rung) paint {
	return paint{dim, fmt.Sprintf("%*.3fs", timeWidth-1, r.At.Seconds())}
}

func (p *printer) state(s tcp.State) paint {
	return paint{stateStyle(s), columns.Pad(s.String(), stateWidth)}
}

// says returns the lines below an arrow: what its segment is for, and its window if
// that has no room on the arrow.
func (p *printer) says(r *Rung) []string {
	w, text := window(r, p.options.Raw), p.diagram.say(r.Text)
	switch {
	case p.hasRoom(r) && text == "":
		return nil
	case p.hasRoom(r):
		return []string{text}
	case text == "":
		return []string{w}
	case columns.Width(text+"; "+w) > purposeWidth:
		return []string{text, w}
	}
	return []string{text + "; " + w}
}

// hasRoom reports whether a segment's window, if it has one to show, has room on its
// arrow.
func (p *printer) hasRoom(r *Rung) bool {
	w := window(r, p.options.Raw)
	return w == "" || p.options.Raw ||
		columns.Width(p.arrowOf(r, label(r, false)+" "+w)) <= p.arrow
}

// drawn returns the arrow of a segment, with what it carries written on it.
func (p *printer) drawn(r *Rung) string { return p.arrowOf(r, p.label(r)) }

func (p *printer) arrowOf(r *Rung, label string) string {
	switch r.Fate {
	case Lost:
		return p.broken(r, label, "✗ "+p.diagram.say("lost"))
	case Corrupted:
		return p.broken(r, label, "✗ "+p.diagram.say("damaged"))
	case Slow:
		return p.unfinished(r, label)
	}
	head := "▶"
	if r.Fate == Duplicated {
		head = "▶▶"
	}
	if r.Fate == Wrong {
		head = "▶ ✗"
	}
	shaft := p.shaft(label, head)
	if r.From == Left {
		return "── " + label + " " + shaft + head
	}
	return reverseHead(head) + shaft + " " + label + " ──"
}

// broken returns an arrow that does not come to its end.
func (p *printer) broken(r *Rung, label, end string) string {
	shaft := strings.Repeat("─", max(1, p.arrow-columns.Width(label)-8-columns.Width(end)))
	if r.From == Left {
		return "── " + label + " " + shaft + end
	}
	mark, why, _ := strings.Cut(end, " ")
	return columns.PadLeft(why+" "+mark+shaft+" "+label+" ──", p.arrow)
}

// dots are the part of an arrow that is told of elsewhere.
const dots = "┄┄┄┄"

// unfinished returns an arrow whose end comes later, and open one that began earlier.
func (p *printer) unfinished(r *Rung, label string) string {
	if r.From == Left {
		return "── " + label + " " + p.shaft(label, dots) + dots
	}
	return dots + p.shaft(label, dots) + " " + label + " ──"
}

// open is described at unfinished.
func (p *printer) open(r *Rung, label string) string {
	if r.From == Left {
		return dots + " " + label + " " + p.shaft(label, dots) + "─▶"
	}
	return "◀─" + p.shaft(label, dots) + " " + label + " " + dots
}

// shaft fills what an arrow's label and its end leave of it.
func (p *printer) shaft(label, end string) string {
	return strings.Repeat("─", max(1, p.arrow-columns.Width(label)-4-columns.Width(end)))
}

func reverseHead(head string) string {
	switch head {
	case "▶▶":
		return "◀◀"
	case "▶ ✗":
		return "✗ ◀"
	}
	return "◀"
}

// label writes what a segment carries: "SYN,ACK seq 0 ack 1 win 4096".
func (p *printer) label(r *Rung) string {
	text := label(r, p.options.Raw)
	if r.Copy {
		text = p.diagram.say("copy:") + " " + text
	}
	if w := window(r, p.options.Raw); w != "" && p.hasRoom(r) {
		text += " " + w
	}
	return text
}

func label(r *Rung, raw bool) string {
	seg := &r.Segment
	var b strings.Builder
	b.WriteString(seg.Flags.String())
	number := func(name string, n, initial tcp.Seq) {
		fmt.Fprintf(&b, " %s %d", name, n.Sub(initial))
		if raw {
			fmt.Fprintf(&b, " (%d)", uint32(n))
		}
	}
	if !seg.Flags.Has(tcp.RST) || seg.Seq != 0 {
		number("seq", seg.Seq, r.ISS)
	}
	if seg.Flags.Has(tcp.ACK) {
		number("ack", seg.Ack, r.IRS)
	}
	if len(seg.Payload) > 0 {
		fmt.Fprintf(&b, " len %d", len(seg.Payload))
	}
	return strings.TrimLeft(b.String(), " ")
}

// window writes the window of a segment, in bytes, if it is worth a look: "win 4096".
// Raw, what stands in the header follows where that is another number.
func window(r *Rung, raw bool) string {
	if !r.Window || r.Segment.Flags.Has(tcp.RST) {
		return ""
	}
	text := fmt.Sprintf("win %d", int(r.Segment.Window)<<r.Scale)
	if raw && r.Scale > 0 {
		text += fmt.Sprintf(" (%d)", r.Segment.Window)
	}
	return text
}
