package main

import (
	"fmt"
	"io"
	"slices"
)

// A bar is what the workbook's TCP wants to reach: against others in the same run,
// or in absolute terms on a machine of about 2020.
type bar struct {
	figure  string
	peer    string
	against string  // a peer, "gVisor" for the best of its, "" for an absolute bar
	want    float64 // so many times better; or the figure itself
}

var bars = []bar{
	{largeWrites, ours1500, "", 12},
	{largeWrites, ours1500, gvisor1500, 2},
	{largeWrites, ours1500, kernel1500, 2},
	{largeWrites, ours1500, roof1500, 0.45},
	{largeWrites, ours65535, kernelDefault, 1.5},
	{largeWrites, ours65535, anyGVisor, 1},
	{smallWrites, ours1500, kernelDefault, 5},
	{smallWrites, ours1500, kernelNagle, 1},
	{smallWrites, oursThrough, kernelDefault, 1},
	{"ping-pong, p50", ours1500, "", 3},
	{"ping-pong, p50", ours1500, kernelDefault, 4},
	{"churn, 1 worker", ours1500, "", 50_000},
	{"churn, 1 worker", ours1500, kernelDefault, 5},
	{"churn, 8 workers", ours1500, "", 50_000},
	{"churn, 8 workers", ours1500, kernelDefault, 5},
	{idleSocket, ours1500, "", 2000},
	{timeWaitRecord, ours1500, "", 128},
	{growthOnSame, growing, "", 1.5},
	{growthOnAny, growing, "", 1.5},
	{longestExpiry, growing, "", 10},
}

// Figures that no round yields: they are measured once.
const (
	idleSocket     = "memory, an idle socket"
	timeWaitRecord = "memory, a record in TIME-WAIT"
	growthOnSame   = "growth from 1 connection, a segment on the same"
	growthOnAny    = "growth from 1 connection, a segment on any"
	longestExpiry  = "growth, the longest call that ends TIME-WAITs"
)

var onceFigures = []figure{
	{name: idleSocket, unit: "bytes", less: true},
	{name: timeWaitRecord, unit: "bytes", less: true},
	{name: growthOnSame, unit: "times", less: true},
	{name: growthOnAny, unit: "times", less: true},
	{name: longestExpiry, unit: "ms", less: true},
}

// onceFigure is what one of them came to, and what it was measured of.
type onceFigure struct {
	name, peer string
	value      float64
	of         string
}

// gvisor1500 stands for the best of gVisor's at that MTU.
const gvisor1500 = "gVisor, MTU 1500"

// writeBars compares; it is for the reader to judge, for machines differ.
func (r *report) writeBars(w io.Writer) {
	head := "\n## Against the bars\n\n| | | against | bar | here | measured | |\n|---|---|---|--:|--:|---|---|\n"
	for _, b := range append(bars, distanceBars()...) {
		f := figureOf(b.figure)
		got, of, ok := r.reached(b, f)
		if !ok {
			continue
		}
		fmt.Fprint(w, head)
		head = ""
		verdict := "short"
		if b.reached(f, got) {
			verdict = "reached"
		}
		want, here, against := ratio(b.want), ratio(got), b.against
		if b.against == "" {
			want, here, against = f.text(b.want), f.text(got), "itself"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s |\n", b.figure, b.peer, against, want, here, of, verdict)
	}
}

// reached reports whether what was got of the bar's figure is enough.
func (b *bar) reached(f figure, got float64) bool {
	if b.against == "" && f.less {
		return got <= b.want
	}
	return got >= b.want
}

// text writes a value of the figure; bytes to the tenth, for ours are close to their
// bars.
func (f figure) text(v float64) string {
	if f.unit == "bytes" {
		return fmt.Sprintf("%.1f %s", v, f.unit)
	}
	return number(v) + " " + f.unit
}

// reached returns what there is of a bar's figure, and of what.
func (r *report) reached(b bar, f figure) (got float64, of string, ok bool) {
	got, of, ok = r.absolute(b)
	if !ok || b.against == "" {
		return got, of, ok
	}
	var other float64
	switch b.against {
	case anyGVisor:
		other, ok = r.best(f, anyGVisor)
	case gvisor1500:
		other, ok = r.bestAt1500(f)
	default:
		other, ok = r.median(b.figure, b.against)
	}
	return times(f, got, other), of, ok
}

// absolute returns the figure itself: the median of the rounds, or what was
// measured once.
func (r *report) absolute(b bar) (got float64, of string, ok bool) {
	if got, ok = r.median(b.figure, b.peer); ok {
		return got, fmt.Sprintf("median of %d", len(r.values[b.figure][b.peer])), true
	}
	for _, o := range r.once() {
		if o.name == b.figure && o.peer == b.peer {
			return o.value, "once, " + o.of, true
		}
	}
	return 0, "", false
}

// once returns the figures that were measured once.
func (r *report) once() []onceFigure {
	var all []onceFigure
	for _, x := range r.weights {
		all = append(all, x.once()...)
	}
	return append(append(all, r.growth.once()...), r.distance.once()...)
}

// bestAt1500 returns the best of gVisor's medians with packets of that size.
func (r *report) bestAt1500(f figure) (float64, bool) {
	channel, ok := r.best(f, "gVisor, channel, MTU 1500")
	pipe, also := r.best(f, "gVisor, pipe, MTU 1500")
	if !ok || also && better(f, pipe, channel) {
		return pipe, also
	}
	return channel, ok
}

func figureOf(name string) figure {
	for _, f := range slices.Concat(figures(), onceFigures, distanceFigures()) {
		if f.name == name {
			return f
		}
	}
	return figure{}
}
