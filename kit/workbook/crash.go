package workbook

import (
	"regexp"
	"strconv"
	"strings"
)

// Crash is what the Go runtime prints last when it ends a program: why, and where the
// program's goroutines were.
type Crash struct {
	Kind  CrashKind
	Words string  // what follows "panic: " or "fatal error: ", as it was printed
	Trace []Frame // the innermost call of the goroutine that is shown first stands first
}

// CrashKind is why the runtime ended a program.
type CrashKind int

// The reasons.
const (
	NoCrash    CrashKind = iota
	Panicked             // a panic that nobody has recovered
	ExitedWell           // os.Exit(0) in a test: package testing makes that a panic
	TimedOut             // a test had not come to its end when go test's -timeout was over
	Overflowed           // a stack that grew too large: recursion without end
	Died                 // what cannot be recovered: two goroutines in one map, a deadlock
)

// ReadCrash finds the runtime's last words in what a program printed.
func ReadCrash(output string) Crash {
	c := Crash{Kind: Died}
	var crashed bool
	if c.Words, crashed = wordsAfter("fatal error: ", output); crashed {
		if c.Words == "stack overflow" {
			c.Kind = Overflowed
		}
	} else if c.Words, crashed = wordsAfter("panic: ", output); crashed {
		switch {
		case strings.HasPrefix(c.Words, "test timed out"):
			c.Kind = TimedOut
		case strings.Contains(c.Words, "os.Exit(0) during test"):
			c.Kind = ExitedWell
		default:
			c.Kind = Panicked
		}
	} else {
		return Crash{}
	}
	c.Trace = ReadTrace(output)
	return c
}

// passedOn is what the runtime adds to the words of a panic on its way through a recover.
var passedOn = regexp.MustCompile(`( \[recovered[^\]]*\])+$`)

// wordsAfter returns the rest of the first line that begins with label. What the program
// printed before may have left the line unfinished: then the runtime's words stand in its
// middle, but the trace of a goroutine follows.
func wordsAfter(label, output string) (words string, found bool) {
	trace := strings.LastIndex(output, "\ngoroutine ")
	for from := 0; ; {
		i := strings.Index(output[from:], label)
		if i < 0 {
			return "", false
		}
		at := from + i
		from = at + len(label)
		if at == 0 || output[at-1] == '\n' || at < trace {
			line, _, _ := strings.Cut(output[from:], "\n")
			return passedOn.ReplaceAllString(line, ""), true
		}
	}
}

// Frame is a place in a stack trace.
type Frame struct {
	File string // as the trace has it: a path with slashes
	Line int
}

// ReadTrace finds the places in stack traces as the runtime prints them, in their order:
// of one goroutine the innermost call first.
func ReadTrace(trace string) []Frame {
	var frames []Frame
	for line := range strings.Lines(trace) {
		line, found := strings.CutPrefix(line, "\t") // "\t/path/file.go:31 +0x1d"
		if !found {
			continue
		}
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), " +0x")
		colon := strings.LastIndexByte(line, ':')
		if colon < 0 {
			continue
		}
		if number, err := strconv.Atoi(line[colon+1:]); err == nil {
			frames = append(frames, Frame{File: line[:colon], Line: number})
		}
	}
	return frames
}
