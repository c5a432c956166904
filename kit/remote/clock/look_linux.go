package clock

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of processor time in /proc (proc_pid_stat(5)): USER_HZ is 100 wherever Go
// runs.
const tick = 10 * time.Millisecond

// mostRead is of how many threads of a process is read how each is doing.
const mostRead = 200

// look reads /proc.
func look(pid int) (s sight) {
	for family := []int{pid}; len(family) > 0; family = family[1:] { // it grows
		p, ok := read("/proc/" + strconv.Itoa(family[0]) + "/stat")
		if !ok {
			continue
		}
		family = append(family, children(p.pid)...)
		s.worked += p.worked
		s.threads += p.threads
		s.told = true
		threads, _ := filepath.Glob("/proc/" + strconv.Itoa(p.pid) + "/task/*/stat") // the pattern is right
		for _, thread := range threads[:min(len(threads), mostRead)] {
			switch t, _ := read(thread); t.state {
			case 'R', 'D':
				s.waits = true
			case 'T', 't':
				s.stopped = true
			}
		}
	}
	return s
}

// children returns the processes that a process has started and that are there.
func children(pid int) []int {
	if all, told := listed(pid); told {
		return all
	}
	return searched(pid)
}

// listed asks the kernel for them, which most kernels know.
func listed(pid int) (all []int, told bool) {
	lists, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children") // the pattern is right
	for _, list := range lists {
		text, _ := os.ReadFile(list) // a thread may have ended meanwhile
		for _, field := range bytes.Fields(text) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				all = append(all, child)
			}
		}
	}
	return all, len(lists) > 0
}

// searched reads all processes there are, each of which says who has started it.
func searched(pid int) (all []int) {
	processes, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, file := range processes {
		if p, ok := read(file); ok && p.parent == pid {
			all = append(all, p.pid)
		}
	}
	return all
}

// line is what a line of /proc/PID/stat says of a process, or of a thread.
type line struct {
	pid, parent int
	state       byte
	worked      time.Duration
	threads     int // of the process
}

// read reads one. ok is false for one that has ended meanwhile.
func read(file string) (l line, ok bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return l, false
	}
	pid, rest, found := bytes.Cut(text, []byte(" ("))
	end := bytes.LastIndexByte(rest, ')') // the name of a program may have anything in it
	if !found || end < 0 {
		return l, false
	}
	fields := bytes.Fields(rest[end+1:])
	if len(fields) < 18 {
		return l, false
	}
	number := func(text []byte) int {
		n, _ := strconv.Atoi(string(text)) // the kernel writes numbers there
		return n
	}
	l.pid, l.parent, l.state, l.threads = number(pid), number(fields[1]), fields[0][0], number(fields[17])
	l.worked = time.Duration(number(fields[11])+number(fields[12])) * tick
	return l, true
}
