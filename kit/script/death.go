package script

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// die reports a problem and ends the process, with which its loops and its
// memory go. Main shows the report as the test's failure.
func (s *Script) die(p problem) {
	text := strings.Join(s.message(p), "\n")
	if reports != "" {
		report(lastWords, text)
	} else {
		fmt.Println("\n" + text)
	}
	os.Exit(1)
}

// obituary says why the process of a test came to no end of its own.
func obituary(test string, r result) []string {
	if r.lastWords != "" {
		return strings.Split(r.lastWords, "\n")
	}
	return deathNotice(placeOf(test), "the test comes to its end", r)
}

// deathNotice says why a process came to no end of its own, where reason was
// expected of it.
func deathNotice(at place, reason string, r result) []string {
	says, likely := causeOfDeath(string(r.output), r)
	lines := append([]string{heading(at, reason)}, says)
	lines = append(lines, wrap("likely: ", likely)...)
	if read := at.reading(""); read != "" {
		lines = append(lines, "read:   "+read)
	}
	return lines
}

// causeOfDeath tells from a process's output and status what ended it.
func causeOfDeath(output string, r result) (says, likely string) {
	where := positionInTrace(output)
	if where != "" {
		where = " at " + where
	}
	switch {
	case r.late:
		return fmt.Sprintf("your code had not returned after %v, before the first test", slowest),
			"an endless loop, or waiting for what never comes, in an init function or what a variable begins as."
	case r.endless:
		return "your code prints without end", "an endless loop: does each turn bring it nearer to its end?"
	case strings.Contains(output, "stack overflow"):
		return "your code calls itself without end" + where, "each call needs a reason to be the last."
	case strings.Contains(output, "panic: test timed out"):
		return "your code had not returned when go test's time was up" + where, "an endless loop, or waiting for what never comes."
	case strings.Contains(output, "\nfatal error: ") || strings.HasPrefix(output, "fatal error: "):
		return "the program died: " + lineAfter(output, "fatal error: ") + where, "that is beyond what Go recovers from; see the place named above."
	case strings.Contains(output, "panic: "):
		says, likely = "your code panicked"+where+": "+lineAfter(output, "panic: "), "bad input must not make a protocol stack panic."
		if !r.begun {
			likely = "an init function, or what a variable begins as: that runs before any test."
		}
		return says, likely
	}
	says = fmt.Sprintf("your code ended the whole program (exit status %d)", r.status)
	if calls := exits("."); len(calls) > 0 {
		says += ": " + strings.Join(calls, ", ")
	}
	return says, neverExit
}

// lineAfter returns the rest of the line that follows the first prefix.
func lineAfter(output, prefix string) string {
	_, rest, _ := strings.Cut(output, prefix)
	line, _, _ := strings.Cut(rest, "\n")
	line = strings.TrimSuffix(line, " [recovered]")
	return oneLine(strings.TrimSuffix(line, " [recovered, repanicked]"))
}

// exits finds where the Go files of a folder, tests apart, end the program.
func exits(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	sort.Strings(files)
	var calls []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			continue
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			if name := exitCall(n); name != "" {
				calls = append(calls, name+" at "+position(file, set.Position(n.Pos()).Line))
			}
			return true
		})
	}
	return calls
}

// exitCall returns the name of the function that n calls if it ends the program:
// "os.Exit".
func exitCall(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	from, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	switch name := from.Name + "." + selector.Sel.Name; name {
	case "os.Exit", "syscall.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln":
		return name
	}
	return ""
}
