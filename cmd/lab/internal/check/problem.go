package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Problem is something that the compiler complains about.
type Problem struct {
	File     string // from the workbook's folder, with slashes: "chapters/02-handshake/open.go"; "" when it is no file's
	Line     int
	Message  string
	Function string // the one it is in: "Open"; "" for none
	Test     bool   // it is in a test, which a learner does not write
}

var (
	complaint    = regexp.MustCompile(`^(?:vet: )?(\S.*?\.go):([0-9]+)(?::[0-9]+)?: (.+)$`)
	functionLine = regexp.MustCompile(`^func (?:\([^)]*\) *)?([\pL_][\pL\pN_]*)[\[(]`)
)

// problems takes the compiler's words apart.
func problems(c workbook.Chapter, build string) []Problem {
	var found []Problem
	seen := make(map[Problem]bool)
	for line := range strings.Lines(build) {
		line = strings.TrimRight(line, "\r\n")
		var p Problem
		if m := complaint.FindStringSubmatch(line); m != nil {
			p = Problem{File: relative(c.Root, m[1]), Message: m[3]}
			p.Line, _ = strconv.Atoi(m[2])
			p.Function = functionAt(filepath.Join(c.Root, filepath.FromSlash(p.File)), p.Line)
			p.Test = strings.HasSuffix(p.File, "_test.go")
		} else if strings.HasPrefix(line, "\t") && len(found) > 0 {
			found[len(found)-1].Message += " " + strings.TrimSpace(line)
			continue
		} else if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "too many errors") || strings.HasPrefix(line, "FAIL") {
			continue
		} else {
			p.Message = line
		}
		if !seen[p] {
			seen[p] = true
			found = append(found, p)
		}
	}
	return found
}

// relative returns a file's name from the workbook's folder, with slashes.
func relative(root, file string) string {
	if filepath.IsAbs(file) {
		if rel, err := filepath.Rel(root, file); err == nil {
			file = rel
		}
	}
	return strings.TrimPrefix(filepath.ToSlash(file), "./")
}

// functionAt returns the function that a line of a file is in, "" for none. It does
// not parse: what it looks at may well be no Go.
func functionAt(file string, line int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(text), "\n")
	for i := min(line, len(lines)) - 1; i >= 0; i-- {
		if m := functionLine.FindStringSubmatch(lines[i]); m != nil {
			return m[1]
		}
		if strings.HasPrefix(lines[i], "}") && i < line-1 {
			return ""
		}
	}
	return ""
}
