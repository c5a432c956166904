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

// look reads /proc.
func look(pid int) (s sight) {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return s
	}
	children, worked := make(map[int][]int), make(map[int]time.Duration)
	for _, file := range all {
		if p, ok := read(file); ok {
			children[p.parent] = append(children[p.parent], p.pid)
			worked[p.pid] = p.worked
		}
	}
	family := []int{pid}
	for i := 0; i < len(family); i++ { // it grows
		family = append(family, children[family[i]]...)
		s.worked += worked[family[i]]
		if _, there := worked[family[i]]; !there {
			continue
		}
		s.told = true
		threads, _ := filepath.Glob("/proc/" + strconv.Itoa(family[i]) + "/task/*/stat") // the pattern is right
		for _, thread := range threads {
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

// line is what a line of /proc/PID/stat says of a process, or of a thread.
type line struct {
	pid, parent int
	state       byte
	worked      time.Duration
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
	if len(fields) < 13 {
		return l, false
	}
	number := func(text []byte) int {
		n, _ := strconv.Atoi(string(text)) // the kernel writes numbers there
		return n
	}
	l.pid, l.parent, l.state = number(pid), number(fields[1]), fields[0][0]
	l.worked = time.Duration(number(fields[11])+number(fields[12])) * tick
	return l, true
}
