package script

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// panicPosition finds where in the learner's code the panic that is being
// recovered from began: "file.go:31", "" when it was elsewhere.
func panicPosition() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if isLearners(f.File) {
			return position(f.File, f.Line)
		}
		if !more {
			return ""
		}
	}
}

// positionInTrace finds the innermost place in the learner's code in a stack
// trace as the runtime prints it.
func positionInTrace(trace string) string {
	for _, line := range strings.Split(trace, "\n") {
		line, found := strings.CutPrefix(line, "\t") // "\t/path/file.go:31 +0x1d"
		if !found {
			continue
		}
		line, _, _ = strings.Cut(line, " +0x")
		file, number, found := cutLast(line, ":")
		if found && isLearners(file) {
			return filepath.Base(file) + ":" + number
		}
	}
	return ""
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}

// isLearners reports whether a source file belongs to a chapter, or to the
// package under test, and is no test.
func isLearners(file string) bool {
	if strings.HasSuffix(file, "_test.go") || !strings.HasSuffix(file, ".go") {
		return false
	}
	dir := filepath.ToSlash(filepath.Dir(file))
	if strings.HasSuffix(dir, "kit/script") || strings.HasSuffix(dir, "kit/stack") {
		return false
	}
	if wd, err := os.Getwd(); err == nil && dir == filepath.ToSlash(wd) {
		return true
	}
	return strings.Contains(dir+"/", "chapters/") || strings.Contains(dir+"/", "solutions/")
}

func position(file string, line int) string { return fmt.Sprintf("%s:%d", filepath.Base(file), line) }
