package guard

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"tcpworkbook/kit/workbook"
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

// positionIn finds the innermost place in the learner's code in a stack trace.
func positionIn(trace []workbook.Frame) string {
	for _, f := range trace {
		if isLearners(f.File) {
			return position(f.File, f.Line)
		}
	}
	return ""
}

// isLearners reports whether a source file belongs to a chapter, or to the
// package under test, and is no test and none of kit's.
func isLearners(file string) bool {
	if strings.HasSuffix(file, "_test.go") || !strings.HasSuffix(file, ".go") {
		return false
	}
	dir := filepath.ToSlash(filepath.Dir(file))
	if path.Base(path.Dir(dir)) == "kit" {
		return false
	}
	if wd, err := os.Getwd(); err == nil && dir == filepath.ToSlash(wd) {
		return true
	}
	return strings.Contains(dir+"/", "chapters/") || strings.Contains(dir+"/", "solutions/")
}

func position(file string, line int) string {
	return fmt.Sprintf("%s:%d", filepath.Base(file), line)
}
