package ladder

import (
	"fmt"
	"net/netip"
	"strings"

	"tcpworkbook/kit/columns"
	"tcpworkbook/kit/tcp"
)

// Compact returns the diagram as a test shows it when it fails, as seen from the
// left end: a header, then a line for each rung with its raw numbers, as a
// packet dump would show them, and its window where the rung asks for it. The header
// says what the initial sequence numbers were. A rung whose fate is Wrong is marked
// ✗. Where the right end is not the same all the time, because several clients call
// one server, its port stands beside its state from the second client on.
//
// At most lines lines are returned, and never fewer than four: rungs in the
// middle give way to one that says how many they were.
func (d *Diagram) Compact(lines int) []string {
	rows := make([]compactRow, 0, len(d.Rungs))
	first := d.firstRightEnd()
	for i := range d.Rungs {
		if d.Rungs[i].Kind != Heading {
			rows = append(rows, d.compactRowOf(&d.Rungs[i], first))
		}
	}
	head, tail := len(rows), 0
	if room := max(lines, 4) - 1; len(rows) > room {
		head = min(3, (room-1)/2)
		tail = room - 1 - head
	}
	shown := append(rows[:head:head], rows[len(rows)-tail:]...)
	widths := measure(shown)

	result := []string{d.compactHeader(widths)}
	for i, row := range shown {
		if i == head && head+tail < len(rows) {
			result = append(result, "    "+d.say(leftOut(len(rows)-head-tail)))
		}
		result = append(result, row.format(widths))
	}
	return result
}

func leftOut(n int) string {
	if n == 1 {
		return "… 1 rung left out …"
	}
	return fmt.Sprintf("… %d rungs left out …", n)
}

// compactRow holds the cells of one line.
type compactRow struct {
	mark, time, state, arrow, what, peer string
}

// compactRowOf makes the line of a rung; first is the right end that needs no
// port.
func (d *Diagram) compactRowOf(r *Rung, first netip.AddrPort) compactRow {
	row := compactRow{
		mark:  " ",
		time:  fmt.Sprintf("%.3fs", r.At.Seconds()),
		state: r.Left.String(),
		peer:  r.Right.String(),
		what:  d.say(r.Text),
	}
	if r.Fate == Wrong {
		row.mark = "✗"
	}
	if r.Kind != Sent {
		return row
	}
	row.what = r.Segment.String()
	if o := r.Segment.Options.String(); r.Options && o != "" {
		row.what += "<OPT=" + o + ">"
	}
	if r.Window {
		row.what = strings.Replace(row.what, "<CTL=", fmt.Sprintf("<WND=%d><CTL=", r.Segment.Window), 1)
	}
	if name := r.Fate.String(); name != "" && r.Fate != Wrong {
		row.what += " " + d.say(name)
	}
	if end := rightEnd(r); end != first {
		row.peer += " " + d.say(fmt.Sprintf("(port %d)", end.Port()))
	}
	if r.Stranger {
		row.peer = d.say("a stranger")
	}
	if r.ISS > hardToSubtract || r.IRS > hardToSubtract {
		row.peer = fmt.Sprintf("%-11s  %s", row.peer, relative(r))
	}
	row.arrow = "-->"
	if r.From == Right {
		row.arrow = "<--"
	}
	return row
}

// firstRightEnd is the address and port of the right end in the first segment.
func (d *Diagram) firstRightEnd() netip.AddrPort {
	for i := range d.Rungs {
		if d.Rungs[i].Kind == Sent {
			return rightEnd(&d.Rungs[i])
		}
	}
	return netip.AddrPort{}
}

// rightEnd is the address and port of the right end in a segment.
func rightEnd(r *Rung) netip.AddrPort {
	if r.From == Right {
		return r.Segment.Src
	}
	return r.Segment.Dst
}

// hardToSubtract is an initial sequence number from which nobody counts in the
// head: lines then show where a segment's numbers stand to it.
const hardToSubtract = 100_000

// relative writes a segment's numbers as a test names them: "iss+1 irs+1", where
// iss is the left end's.
func relative(r *Rung) string {
	seq, ack := "iss", "irs"
	if r.From == Right {
		seq, ack = ack, seq
	}
	text := Offset(seq, r.ISS, r.Segment.Seq)
	if r.Segment.Flags.Has(tcp.ACK) {
		text += " " + Offset(ack, r.IRS, r.Segment.Ack)
	}
	return text
}

// measure returns the widths of the columns. A segment longer than most does not
// push the last column out of sight for all.
func measure(rows []compactRow) compactRow {
	width := func(n, least int) string { return strings.Repeat(" ", max(n, least)) }
	var times, states, whats int
	for _, row := range rows {
		times = max(times, len(row.time))
		states = max(states, len(row.state))
		if n := columns.Width(row.what); row.arrow != "" && n <= 44 {
			whats = max(whats, n)
		}
	}
	return compactRow{time: width(times, 6), state: width(states, 11), what: width(whats, 22)}
}

func (row compactRow) format(widths compactRow) string {
	if row.arrow == "" { // something that happened: it may run into the peer's column
		return fmt.Sprintf("%s %*s  %-*s  %s", row.mark, len(widths.time), row.time, len(widths.state), row.state, row.what)
	}
	return fmt.Sprintf("%s %*s  %-*s  %s %s  %s", row.mark, len(widths.time), row.time,
		len(widths.state), row.state, row.arrow, columns.Pad(row.what, len(widths.what)), row.peer)
}

// compactHeader names the two ends above their columns, and the numbers that
// the conversation began with.
func (d *Diagram) compactHeader(widths compactRow) string {
	first := columns.Pad(d.say("so far:"), 2+len(widths.time)+2)
	width := len(widths.state) + 2 + len("--> ") + len(widths.what) + 2
	ends := d.say(d.Left) + " " + d.initialNumbers()
	return first + ends + columns.Spaces(max(1, width-columns.Width(ends))) + d.say(d.Right)
}

// initialNumbers says what the latest conversation's numbers began with, as the
// left end sees it: "(iss=100 irs=300)".
func (d *Diagram) initialNumbers() string {
	for i := len(d.Rungs) - 1; i >= 0; i-- {
		r := &d.Rungs[i]
		if r.Kind != Sent {
			continue
		}
		iss, irs := r.ISS, r.IRS
		if r.From == Right {
			iss, irs = irs, iss
		}
		return fmt.Sprintf("(iss=%d irs=%d)", iss, irs)
	}
	return ""
}

// Offset writes a number as it stands to the initial one named name: "iss+1".
func Offset(name string, initial, n tcp.Seq) string {
	if n == initial {
		return name
	}
	return fmt.Sprintf("%s%+d", name, n.Sub(initial))
}
