package main

import (
	"fmt"
	"io"
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
	{smallWrites, oursNagle, kernelDefault, 5},
	{"ping-pong, p50", ours1500, "", 3},
	{"ping-pong, p50", ours1500, kernelDefault, 4},
	{"churn, 1 worker", ours1500, "", 50_000},
	{"churn, 1 worker", ours1500, kernelDefault, 5},
	{"churn, 8 workers", ours1500, kernelDefault, 5},
}

// gvisor1500 stands for the best of gVisor's at that MTU.
const gvisor1500 = "gVisor, MTU 1500"

// writeBars compares; it is for the reader to judge, for machines differ.
func (r *report) writeBars(w io.Writer) {
	head := "\n## Against the bars\n\n| | | against | bar | here | |\n|---|---|---|--:|--:|---|\n"
	for _, b := range bars {
		f := figureOf(b.figure)
		got, ok := r.reached(b, f)
		if !ok {
			continue
		}
		fmt.Fprint(w, head)
		head = ""
		verdict := "short"
		if absolute := b.against == ""; absolute && f.less && got <= b.want || !(absolute && f.less) && got >= b.want {
			verdict = "reached"
		}
		want, here, against := ratio(b.want), ratio(got), b.against
		if b.against == "" {
			want, here, against = number(b.want)+" "+f.unit, number(got)+" "+f.unit, "itself"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", b.figure, b.peer, against, want, here, verdict)
	}
}

// reached returns what there is of a bar's figure.
func (r *report) reached(b bar, f figure) (float64, bool) {
	got, ok := r.median(b.figure, b.peer)
	if !ok || b.against == "" {
		return got, ok
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
	return times(f, got, other), ok
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
	for _, f := range figures() {
		if f.name == name {
			return f
		}
	}
	return figure{}
}
