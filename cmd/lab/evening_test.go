package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

var evening = flag.Bool("evening", false, "work through all the chapters as a learner would")

// A learner's evening, quicker: clone the workbook, ask lab what to do, ask for a
// hint, write something wrong, see the misconception named, write it right, see
// the step tick and the next appear; then the reference's bodies one by one,
// through all five chapters, until the whole TCP is the learner's own. lab runs in a
// terminal, where this test can open one, and through pipes elsewhere.
//
//	go test ./cmd/lab -run TestEvening -evening -v
func TestEvening(t *testing.T) {
	if !*evening {
		t.Skip("an evening takes a minute: go test ./cmd/lab -run TestEvening -evening")
	}
	l := newLearner(t)

	front := l.lab()
	require.Contains(t, front, "Step 1.1", "lab says where to begin")
	require.Contains(t, front, "but nothing was sent", "and what the test wants")
	require.LessOrEqual(t, strings.Count(front, "\n"), 40)
	require.Contains(t, l.lab("hint"), "Hint 1 of 2")
	require.Contains(t, l.lab("hint"), "Hint 2 of 2")

	l.begin("01-socket")
	l.paste("01-socket", "Answer")
	l.change("01-socket/lookup.go", "Ack: seg.End()", "Ack: seg.Seq")
	wrong := l.lab("check", "1")
	require.Contains(t, wrong, "likely:", "a wrong body leads to the misconception behind it")
	require.Contains(t, wrong, "Step 1.1")
	watch := l.open("watch")
	if watch != nil {
		watch.sees("Step 1.1", "likely:", "waiting for you to save a file")
	}
	l.change("01-socket/lookup.go", "Ack: seg.Seq", "Ack: seg.End()")
	if watch != nil {
		watch.sees("done: 1.1", "step 2 of", "Done: Step 1.1", "To think about", "next   Step 1.2")
		watch.press("a")
		watch.sees("See it", "a answer")
		watch.press("\r")
		watch.sees("TestStep2_", "stuck? press h")
		watch.press("n")
		watch.sees("Step 1.3")
		watch.press("p")
		watch.sees("Step 1.2")
		watch.press("q")
		require.NoError(t, watch.ends())
	}
	require.Contains(t, l.lab("check", "1"), "● 1.1", "the step ticks, and the next appears")
	require.Contains(t, l.lab("check", "1.1"), "Step 1.1 is done.")
	require.Contains(t, l.lab("check", "1.2"), "✗ TestStep2_")
	require.Contains(t, l.lab("read", "1.2"), "Step 1.2")
	require.Contains(t, l.lab("hint", "1.2"), "Hint 1 of 2")
	require.Contains(t, l.lab("hint", "1.2", "--again"), "Hint 1 of 2")
	l.lab("reset", "1")
	require.Contains(t, l.lab("check", "1"), "◐ 1.1")
	l.lab("restore", "1")
	require.Contains(t, l.lab("check", "1"), "● 1.1", "what reset has kept is back")

	for _, chapter := range l.chapters() {
		l.begin(chapter)
		at := 0
		for i, name := range l.functions(chapter) {
			if strings.HasPrefix(chapter, "03-") && i == len(l.functions(chapter))/2 {
				l.tracesTwoChapters()
			}
			l.paste(chapter, name)
			now := l.step(chapter)
			t.Logf("%s: wrote %s, now at step %d", chapter, name, now)
			require.GreaterOrEqual(t, now, at, "%s: after %s", chapter, name)
			at = now
		}
		require.Equal(t, done, at, "%s: every body is written", chapter)
	}

	mine := l.lab("trace", "--mine", "--msl", "20ms")
	require.Regexp(t, `(?i)every chapter|all (five )?chapters`, mine, "the whole TCP is the learner's")
	require.Contains(t, mine, "5 time-wait")
	unmarked := regexp.MustCompile(`(?m)^ +[0-9.]+s  \w.*$`).FindAllString(mine, -1)
	for _, line := range unmarked {
		require.Contains(t, line, "▌", "a line that nobody's code has made")
	}
}

// tracesTwoChapters looks at the ladder of a learner in the midst of chapter 3: what the
// first two have made is marked, and nothing that the unfinished one would.
func (l *learner) tracesTwoChapters() {
	mine := l.lab("trace", "--mine", "--msl", "20ms")
	require.Contains(l.t, mine, "Yours: chapters 1 and 2.")
	require.Contains(l.t, mine, "▌ before a state: your code did that, at that end.")
	require.Regexp(l.t, `s ▌SYN-SENT .* SYN .* ▌SYN-RECEIVED\n`, mine)
	require.Regexp(l.t, `s  ESTABLISHED .* len .*  ESTABLISHED\n`, mine)
	_, transfer, _ := strings.Cut(mine, "3 transfer")
	transfer, _, _ = strings.Cut(transfer, "4 teardown")
	require.NotEmpty(l.t, transfer)
	require.NotContains(l.t, transfer, "▌")
}

// done is the step that a finished chapter is at.
const done = 100

// learner is a clone of the workbook, and the lab command built in it.
type learner struct {
	t       *testing.T
	root    string
	command string
	stubs   string // the chapters as they were cloned

	written map[string]map[string]bool // the functions pasted so far, by chapter
}

func newLearner(t *testing.T) *learner {
	t.Helper()
	here, err := filepath.Abs("../..")
	require.NoError(t, err)
	l := &learner{t: t, root: t.TempDir(), command: filepath.Join(t.TempDir(), "lab"), stubs: filepath.Join(here, "chapters"), written: map[string]map[string]bool{}}
	for _, top := range []string{"go.mod", "go.sum", "chapters", "solutions", "kit", "cmd"} {
		if _, err := os.Stat(filepath.Join(here, top)); err == nil {
			out, err := exec.Command("cp", "-R", filepath.Join(here, top), l.root).CombinedOutput()
			require.NoError(t, err, "%s", out)
		}
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache))) // or all of Go would be compiled again
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TERM", "xterm")
	t.Setenv("LC_ALL", "C")
	build := exec.Command("go", "build", "-o", l.command, "./cmd/lab")
	build.Dir = l.root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return l
}

// lab runs the command in a terminal, where there is one to be had, and returns what
// it shows. That it ends with a status of its own says nothing here.
func (l *learner) lab(args ...string) string {
	if c := l.open(args...); c != nil {
		c.ends()
		c.close()
		return seen(c.text())
	}
	command := exec.Command(l.command, args...)
	command.Dir = l.root
	out, _ := command.CombinedOutput()
	return string(out)
}

// open starts the command in a terminal; it returns nil where there is none to be
// had.
func (l *learner) open(args ...string) *console {
	c := openConsole(l.t)
	if c == nil {
		return nil
	}
	command := exec.Command(l.command, args...)
	command.Dir = l.root
	c.run(command)
	return c
}

var stepAt = regexp.MustCompile(`step (\d+) of`)

// step returns the step that lab says a chapter is at.
func (l *learner) step(chapter string) int {
	page := l.lab("check", chapter)
	if m := stepAt.FindStringSubmatch(page); m != nil {
		n := 0
		fmt.Sscan(m[1], &n)
		return n
	}
	if strings.Contains(page, "◐") || strings.Contains(page, "○") {
		l.t.Fatalf("lab does not say at which step %s is:\n%s", chapter, page)
	}
	return done
}

func (l *learner) chapters() []string {
	entries, err := os.ReadDir(filepath.Join(l.root, "chapters"))
	require.NoError(l.t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// begin gives a chapter the reference's helper functions, with the bodies of the
// stub: what a learner writes besides the functions that are asked for.
func (l *learner) begin(chapter string) {
	files, err := filepath.Glob(filepath.Join(l.root, "solutions", chapter, "*.go"))
	require.NoError(l.t, err)
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		l.write(chapter, name, l.mixed(chapter, name, nil))
	}
}

// functions returns the functions that a chapter asks for, by the first step that
// needs them.
func (l *learner) functions(chapter string) []string {
	functions, err := workbook.Functions(filepath.Join(l.stubs, chapter))
	require.NoError(l.t, err)
	first := func(f workbook.Function) int {
		step := done
		for _, m := range f.Markers {
			step = min(step, m.Step)
		}
		return step
	}
	slices.SortStableFunc(functions, func(a, b workbook.Function) int { return first(a) - first(b) })
	var names []string
	for _, f := range functions {
		names = append(names, f.Name)
	}
	return names
}

// paste writes the reference's body of one function.
func (l *learner) paste(chapter, function string) {
	if l.written[chapter] == nil {
		l.written[chapter] = map[string]bool{}
	}
	l.written[chapter][function] = true
	files, err := filepath.Glob(filepath.Join(l.stubs, chapter, "*.go"))
	require.NoError(l.t, err)
	for _, file := range files {
		if name := filepath.Base(file); !strings.HasSuffix(name, "_test.go") {
			l.write(chapter, name, l.mixed(chapter, name, l.written[chapter]))
		}
	}
}

// mixed is a file of the reference in which only the functions that were pasted
// have their bodies; the others have the stub's.
func (l *learner) mixed(chapter, name string, pasted map[string]bool) []byte {
	text, err := os.ReadFile(filepath.Join(l.root, "solutions", chapter, name))
	require.NoError(l.t, err)
	stub, err := os.ReadFile(filepath.Join(l.stubs, chapter, name))
	if os.IsNotExist(err) {
		return text
	}
	require.NoError(l.t, err)
	bodies := map[string]string{}
	eachBody(l.t, stub, func(f *ast.FuncDecl, from, to int) { bodies[f.Name.Name] = string(stub[from:to]) })
	mixed := slices.Clone(text)
	var edits []func()
	eachBody(l.t, text, func(f *ast.FuncDecl, from, to int) {
		if body, asked := bodies[f.Name.Name]; asked && f.Name.IsExported() && !pasted[f.Name.Name] {
			edits = append(edits, func() { mixed = slices.Replace(mixed, from, to, []byte(body)...) })
		}
	})
	for _, edit := range slices.Backward(edits) {
		edit()
	}
	return withoutIdleImports(l.t, mixed)
}

func eachBody(t *testing.T, text []byte, visit func(f *ast.FuncDecl, from, to int)) {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			visit(f, set.Position(f.Body.Pos()).Offset, set.Position(f.Body.End()).Offset)
		}
	}
}

// withoutIdleImports drops the imports that nothing in the text uses yet. Each
// stands on a line of its own.
func withoutIdleImports(t *testing.T, text []byte) []byte {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	require.NoError(t, err)
	used := map[string]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	lines := bytes.SplitAfter(text, []byte("\n"))
	for _, spec := range tree.Imports {
		if !used[filepath.Base(strings.Trim(spec.Path.Value, `"`))] {
			lines[set.Position(spec.Pos()).Line-1] = nil
		}
	}
	return bytes.Join(lines, nil)
}

func (l *learner) write(chapter, name string, text []byte) {
	require.NoError(l.t, os.WriteFile(filepath.Join(l.root, "chapters", chapter, name), text, 0o644))
}

// change replaces a piece of a file, which must be there.
func (l *learner) change(file, from, to string) {
	path := filepath.Join(l.root, "chapters", file)
	text, err := os.ReadFile(path)
	require.NoError(l.t, err)
	require.Contains(l.t, string(text), from)
	require.NoError(l.t, os.WriteFile(path, bytes.ReplaceAll(text, []byte(from), []byte(to)), 0o644))
}
