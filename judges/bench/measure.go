package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// limit is how much longer than asked for a measurement may take.
const limit = 30 * time.Second

// measureAll does all the work with all peers, round after round.
func measureAll(o options, progress func(string)) *report {
	r := newReport(o)
	tasks := r.plan(o)
	if o.memory > 0 && o.works.MatchString("memory") {
		r.weighAll(o, progress) // first, for the kernel keeps what the rounds leave for a minute
	}
	for round := range o.rounds {
		rand.Shuffle(len(tasks), func(i, j int) { tasks[i], tasks[j] = tasks[j], tasks[i] })
		for i, task := range tasks {
			progress(fmt.Sprintf("round %d of %d, %d of %d: %s: %s", round+1, o.rounds, i+1, len(tasks), task.peer.name, task.work.name))
			values, err := within(o.time+limit, func() ([]float64, error) { return measure(task.peer, task.work, o.time) })
			if err != nil {
				r.fail(task.peer.name+": "+task.work.name, err)
				continue
			}
			r.add(task, values)
		}
	}
	return r
}

// A task is one work with one peer.
type task struct {
	peer *peer
	work *work
}

// plan lists what is to be measured, and notes what can't be.
func (r *report) plan(o options) []task {
	var tasks []task
	for _, p := range r.peers {
		if p.skip != "" {
			r.note("%s: skipped: %s", p.name, p.skip)
			continue
		}
		for _, w := range works {
			if o.works.MatchString(w.name) && !(w.opens && p.noChurn) && (p.only == "" || p.only == w.name) {
				tasks = append(tasks, task{p, w})
			}
		}
	}
	return tasks
}

// measure does the work once.
func measure(p *peer, w *work, d time.Duration) ([]float64, error) {
	if p.remote != nil {
		return p.remote(w.name, d)
	}
	runtime.GC() // what others left is not this one's to clean up
	n, err := p.open(shortTimeWait)
	if err != nil {
		return nil, err
	}
	defer n.Close()
	return w.measure(n, d)
}

// within gives up waiting for f when it takes too long; f goes on.
func within(d time.Duration, f func() ([]float64, error)) ([]float64, error) {
	type result struct {
		values []float64
		err    error
	}
	done := make(chan result, 1)
	go func() {
		values, err := f()
		done <- result{values, err}
	}()
	select {
	case r := <-done:
		return r.values, r.err
	case <-time.After(d):
		return nil, fmt.Errorf("not done after %v", d)
	}
}
