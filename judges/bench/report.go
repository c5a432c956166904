package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is all that a run has found out.
type report struct {
	begun    time.Time
	load     string
	options  options
	peers    []*peer
	values   map[string]map[string][]float64 // by figure, by peer, one for each round
	weights  []weight
	growth   *growthReport
	distance *distanceReport
	notes    []string
	failed   int // measurements that should have been possible
}

func newReport(o options) *report {
	r := &report{begun: time.Now(), load: load(), options: o, values: make(map[string]map[string][]float64)}
	for _, p := range peers() {
		if o.peers.MatchString(p.name) {
			r.peers = append(r.peers, p)
		}
	}
	return r
}

// note remembers something that the reader must know.
func (r *report) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}

// fail notes that something could not be measured. If it is the machine's doing, that is
// all; else the run has failed, though it goes on.
func (r *report) fail(what string, err error) {
	if errors.Is(err, errUnseen) || errors.Is(err, errEnded) {
		r.note("%s: skipped: %v", what, err)
		return
	}
	r.note("%s: %v", what, err)
	r.failed++
}

// add takes in the figures of one measurement.
func (r *report) add(t task, values []float64) {
	for i, f := range t.work.figures {
		if r.values[f.name] == nil {
			r.values[f.name] = make(map[string][]float64)
		}
		r.values[f.name][t.peer.name] = append(r.values[f.name][t.peer.name], values[i])
	}
}

// figures returns every figure, in order.
func figures() []figure {
	var all []figure
	for _, w := range works {
		all = append(all, w.figures...)
	}
	return all
}

// median returns the figure of a peer, and false when there is none.
func (r *report) median(figure, peer string) (float64, bool) {
	values := r.values[figure][peer]
	if len(values) == 0 {
		return math.NaN(), false
	}
	return medianOf(values), true
}

func medianOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// best returns the best median among the peers whose name begins so.
func (r *report) best(f figure, prefix string) (float64, bool) {
	best, found := math.NaN(), false
	for _, p := range r.peers {
		m, ok := r.median(f.name, p.name)
		if ok && strings.HasPrefix(p.name, prefix) && (!found || better(f, m, best)) {
			best, found = m, true
		}
	}
	return best, found
}

func better(f figure, a, b float64) bool { return f.less == (a < b) }

// times returns how many times better a is than b.
func times(f figure, a, b float64) float64 {
	if f.less {
		return b / a
	}
	return a / b
}

// machine says in one line what this was measured on.
func machine() string {
	return fmt.Sprintf("%s, %d processors, %s, %s/%s", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// load says how many others wanted the machine when the run began, where it can be
// known: figures taken on a busy machine are worth little.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if one, _, ok := strings.Cut(string(text), " "); err == nil && ok {
		return " Load average before: " + one + "."
	}
	return ""
}

// processor returns its name, as far as the machine tells.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// markdown writes the report as text.
func (r *report) markdown(w io.Writer) {
	fmt.Fprintf(w, "# The same work for everybody\n\n%s. %s. Speeds are medians of %d rounds of %v, with the lowest and the highest; memory and growth were measured once.%s\n",
		r.begun.Format("2 January 2006, 15:04 MST"), machine(), r.options.rounds, r.options.time, r.load)
	measured := slices.DeleteFunc(figures(), func(f figure) bool { return len(r.values[f.name]) == 0 })
	for i, f := range measured {
		r.writeFigure(w, f)
		if last := i == len(measured)-1; f.says != "" && (last || measured[i+1].says != f.says) {
			fmt.Fprintf(w, "\n%s\n", f.says)
		}
	}
	r.writeBars(w)
	r.writeWeights(w)
	r.growth.write(w)
	r.distance.write(w)
	if len(r.notes) > 0 {
		fmt.Fprintf(w, "\n## Notes\n\n")
		for _, n := range r.notes {
			fmt.Fprintf(w, "- %s\n", n)
		}
	}
}

// writeFigure writes one table.
func (r *report) writeFigure(w io.Writer, f figure) {
	fmt.Fprintf(w, "\n## %s, %s\n\n| | median | lowest – highest | times the kernel | times gVisor's best |\n|---|--:|--:|--:|--:|\n", f.name, f.unit)
	kernel, _ := r.median(f.name, kernelDefault)
	gvisor, _ := r.best(f, anyGVisor)
	for _, p := range r.peers {
		values := r.values[f.name][p.name]
		if len(values) == 0 {
			continue
		}
		m := medianOf(values)
		fmt.Fprintf(w, "| %s | %s | %s – %s | %s | %s |\n", p.name,
			number(m), number(slices.Min(values)), number(slices.Max(values)),
			ratio(times(f, m, kernel)), ratio(times(f, m, gvisor)))
	}
}

// number writes a figure with three digits that count.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func ratio(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return number(v) + "×"
}
