// Package clock tells how much time a process has had, on a machine that may have much else
// to do. Real time does not tell: a program that is right may wait for a processor for half a
// minute. Processor time does not either: who sleeps takes none.
package clock

import "time"

// A Clock counts the time of a process and of all that it has started: processor time, and
// the time in which all of them slept of their own accord. While one of them waits for a
// processor, or for memory from the disk, no more than processor time counts; while one is
// stopped by a signal, an eighth of real time, for it may have stopped itself. It is for one
// goroutine.
type Clock struct {
	pid    int
	last   time.Time
	worked time.Duration // processor time of those that are there
	spent  time.Duration
}

// Of returns the clock of a process, which begins at 0.
func Of(pid int) *Clock {
	return &Clock{pid: pid, last: time.Now(), worked: look(pid).worked}
}

// Spent returns the time that the process has had. How it is doing is seen only then, so Spent
// is to be called every second or so. Where the system does not tell, it is a quarter of real
// time.
func (c *Clock) Spent() time.Duration {
	now, seen := time.Now(), look(c.pid)
	passed, worked := now.Sub(c.last), max(0, seen.worked-c.worked) // who has ended takes his with him
	switch {
	case !seen.told:
		c.spent += passed / 4
	case seen.stopped:
		c.spent += passed / 8
	case seen.waits:
		c.spent += max(min(worked, passed), passed/32)
	default:
		c.spent += passed
	}
	c.last, c.worked = now, seen.worked
	return c.spent
}

// Threads returns how many threads a process has, with all that it has started; 0 where the
// system does not tell.
func Threads(pid int) int { return look(pid).threads }

// sight is what is seen of a process and all that it has started.
type sight struct {
	told    bool          // the system tells
	waits   bool          // one of them waits for its turn, or has it
	stopped bool          // one of them is, by a signal
	worked  time.Duration // processor time
	threads int
}
