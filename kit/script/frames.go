package script

import (
	"path/filepath"
	"runtime"
	"strings"

	"tcpworkbook/kit/frames"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/workbook"
)

// brokenFrame is the first frame that was broken, and where.
type brokenFrame struct {
	frames.Broken
	upon  string // what broke it, and the line of the test
	rungs int    // how much of the ladder there was then
}

// owed says which steps answer for their frames: those of the chapters that the script
// runs. In the folder of a chapter it is those before it, and of itself the steps up to the
// test's: who is at step 4 may not have written more. What is there for a later chapter is a
// stand-in of the test's.
func owed(test string, c stack.Chapters) frames.Owed {
	folder, step := workbook.Folder(), workbook.StepOf(test)
	steps := func(chapter string, there bool) int {
		switch {
		case !there || folder != "" && folder[:2] < chapter:
			return 0
		case folder != "" && folder[:2] == chapter && step > 0:
			return step
		}
		return frames.Every
	}
	return frames.Owed{
		Handshake: steps("02", c.Handshake != nil),
		Transfer:  steps("03", c.Transfer != nil),
		Teardown:  steps("04", c.Teardown != nil),
		TimeWait:  steps("05", c.TimeWait != nil),
	}
}

// watched runs f, which is an event, and looks whether it breaks a frame. The first
// broken frame is remembered, and told of only if the test passes otherwise: what the
// test says itself is nearer to the cause.
func (s *Script) watched(what string, e frames.Event, f func()) {
	s.t.Helper()
	if e.Kind != frames.Arrive {
		s.upon, s.habits.added = 0, 0 // what follows is upon no segment
	}
	if s.broken != nil || s.blind {
		s.quietly(what, f)
		return
	}
	e.At = s.now
	s.watch.Before(s.stack.Sockets)
	s.quietly(what, f)
	if broken := s.watch.After(e, s.heard, s.stack.Sockets); broken != nil {
		s.broken = &brokenFrame{Broken: *broken, upon: upon(what)}
	}
}

// markBroken notes how much of the ladder shows how a frame was broken.
func (s *Script) markBroken() {
	if s.broken != nil && s.broken.rungs == 0 {
		s.broken.rungs = len(s.ladder.Rungs)
	}
}

// tellBroken fails a test that has passed but for a frame.
func (s *Script) tellBroken() {
	s.t.Helper()
	if s.broken == nil || s.t.Failed() || s.t.Skipped() {
		return
	}
	b := s.broken
	s.ladder.Rungs = s.ladder.Rungs[:b.rungs]
	s.tape.cut(b.rungs)
	p := problem{reason: b.Says, lines: []string{b.Found, b.upon}, likely: b.Likely, frame: true}
	if b.See != "" {
		p.hints = []Hint{See(b.See)}
	}
	s.t.Error(strings.Join(s.message(p), "\n"))
}

// upon says what an event was, and where in the test it is: in a line of the test's own
// rather than of a helper.
func upon(what string) string {
	file, line, inTest := "", 0, false
	pcs := make([]uintptr, 32)
	callers := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		caller, more := callers.Next()
		isTest := strings.Contains(caller.Function, ".Test")
		if strings.HasSuffix(caller.File, "_test.go") && (isTest || !inTest) {
			file, line = filepath.Base(caller.File), caller.Line
			inTest = inTest || isTest
		}
		if !more {
			return workbook.Upon(what, file, line)
		}
	}
}
