// Command bench has several ways for two programs of one machine to talk do the
// same work in the same run: this workbook's TCP, the kernel's, gVisor's, and as
// yardsticks a unix socket, net.Pipe, and the mere copying and checksumming of the
// bytes.
//
//	go run ./bench                              a few minutes
//	go run ./bench -quick                       a smoke test
//	go run ./bench -markdown report.md -svg report.svg
//	go run ./bench -peer 'ours, MTU 1500' -work 'bulk, 64 KiB' -cpuprofile cpu.out
//
// Absolute figures are one machine's, on one day. What can be compared are the
// ratios of one run: so every round does all the work with everybody, in an order
// shuffled anew, and medians are shown with the whole spread around them.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/pprof"
	"time"
)

// options are the command's flags.
type options struct {
	rounds      int
	time        time.Duration
	quick       bool
	peers       *regexp.Regexp
	works       *regexp.Regexp
	connections int
	records     int
	memory      int
	seeds       int
	far         int
	bars        bool
	markdown    string
	svg         string
	profile     string
	child       bool
}

func parse() (options, error) {
	var o options
	var peers, works string
	flag.IntVar(&o.rounds, "rounds", 5, "how often everything is measured")
	flag.DurationVar(&o.time, "time", 300*time.Millisecond, "how long one measurement takes")
	flag.BoolVar(&o.quick, "quick", false, "one short round, with few connections: to see that the benchmark works")
	flag.StringVar(&peers, "peer", "", "measure only peers whose name matches this `expression`")
	flag.StringVar(&works, "work", "", "do only work whose name matches this `expression`")
	flag.IntVar(&o.connections, "connections", 100_000, "open up to so many connections to see what growth costs; 0 for none")
	flag.IntVar(&o.records, "records", 1_000_000, "let so many sockets in TIME-WAIT expire; 0 for none")
	flag.IntVar(&o.memory, "memory", 2000, "open so many connections to see what memory they take; 0 for none")
	flag.IntVar(&o.seeds, "seeds", 20, "compute how long transfers over distance take with so many seeds; 0 for none")
	flag.IntVar(&o.far, "far", 0, "take all routes of distance in real time too, with so many seeds: minutes for each; 0 for a few of them")
	flag.BoolVar(&o.bars, "bars", false, "fail where a bar over distance is missed: what is computed has no noise to excuse it")
	flag.StringVar(&o.markdown, "markdown", "", "write the report to this `file` too")
	flag.StringVar(&o.svg, "svg", "", "draw the medians into this `file`")
	flag.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of the rounds to this `file`")
	flag.BoolVar(&o.child, childFlag, false, "measure for another bench, in the network namespace that it has made")
	flag.Parse()
	if o.quick {
		o.rounds, o.time = 1, 40*time.Millisecond
		o.connections, o.records, o.memory = min(o.connections, 1000), min(o.records, 10_000), min(o.memory, 200)
	}
	var err error
	if o.peers, err = regexp.Compile(peers); err == nil {
		o.works, err = regexp.Compile(works)
	}
	return o, err
}

func main() {
	o, err := parse()
	switch {
	case err != nil:
	case o.child:
		err = serveParent(os.Stdin, os.Stdout)
	default:
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and reports.
func run(o options) error {
	progress := progressTo(os.Stderr)
	stop, err := startProfile(o.profile)
	if err != nil {
		return err
	}
	r := measureAll(o, progress)
	stop()
	if o.growth() {
		if r.growth, err = measureGrowth(o, progress); err != nil {
			return err
		}
	}
	if o.distance() {
		if err := r.measureDistance(o, progress); err != nil {
			return err
		}
	}
	progress("")
	if err := write(r, o); err != nil {
		return err
	}
	if r.failed > 0 {
		return fmt.Errorf("%d measurements failed, or missed a bar that they must reach: see the report's notes", r.failed)
	}
	return nil
}

// growth reports whether the work whose cost grows is wanted.
func (o *options) growth() bool {
	return o.works.MatchString("growth") && o.peers.MatchString(growing)
}

// write writes the report to everywhere it is wanted.
func write(r *report, o options) error {
	r.markdown(os.Stdout)
	for _, f := range []struct {
		name  string
		write func(io.Writer)
	}{{o.markdown, r.markdown}, {o.svg, r.svg}} {
		if f.name == "" {
			continue
		}
		file, err := os.Create(f.name)
		if err != nil {
			return err
		}
		f.write(file)
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}

func startProfile(name string) (stop func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		file.Close()
	}, nil
}

// progressTo returns what overwrites one line with what is being done, if
// somebody watches.
func progressTo(f *os.File) func(string) {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(string) {}
	}
	return func(what string) { fmt.Fprintf(f, "\r\x1b[K%s", what) }
}
