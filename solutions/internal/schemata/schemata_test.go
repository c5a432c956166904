package schemata

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// original is the package that the tests make versions of.
const original = `package p

import (
	"fmt"
	"runtime"
	"strings"
)

const limit = 3

const (
	red = iota
	green
)

type queue struct{ items []int }

func (q *queue) add(n int) { q.items = append(q.items, n) }
func (q *queue) len() int  { return len(q.items) }

type deque struct{ queue }

var table = map[string]func() int{"deep": deep}

func deep() int { return deeper() }

func deeper() int { return 1 }

type Chapter struct{}

func (Chapter) Show(_ int, words ...string) string {
	var q queue
	for n := range limit {
		q.add(n)
	}
	skip(0, "")
	return fmt.Sprint(q.len(), " ", green, " ", double(limit), " ", strings.Join(words, "+"))
}

func (Chapter) Line() int {
	_, _, line, _ := runtime.Caller(0)
	return line
}

func double(n int) int { return twice(n) }

func twice(n int) int { return 2 * n }

func skip(int, string) {}
`

// change returns the original with old, new, old, new … replaced.
func change(replace ...string) map[string]string {
	return map[string]string{"p.go": strings.NewReplacer(replace...).Replace(original)}
}

// newPackage writes the original, and reads it.
func newPackage(t *testing.T) (p *Package, folder string) {
	t.Helper()
	folder = t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "p"), 0o777))
	write(t, folder, "go.mod", "module example\n\ngo 1.25\n")
	write(t, folder, "p/p.go", original)
	write(t, folder, "p/p_test.go", "package p_test")
	p, err := Read(filepath.Join(folder, "p"), Imports(filepath.Join(folder, "p")))
	require.NoError(t, err)
	return p, folder
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666))
}

// shows calls version after version.
const shows = `package main

import (
	"fmt"

	"example/p"
)

func main() {
	for p.ChosenVersion = range %d {
		fmt.Println(p.Chapter{}.Show(1, "a", "b"), p.Chapter{}.Line())
	}
}
`

func TestEachVersionDoesWhatItWouldDoAlone(t *testing.T) {
	t.Parallel()
	p, folder := newPackage(t)
	want := []string{"3 1 6 a+b 41"}
	for _, version := range []struct {
		shows   string
		changed map[string]string
	}{
		{"3 1 7 a+b 41", change("return 2 * n", "return n + n + 1")},
		{"4 1 8 a+b 41", change("limit = 3", "limit = 4")},
		{"3 6 6 a+b 41", change("red = iota", "red = iota + 5")},
		{"2 1 6 a+b 41", change("[]int }", "map[int]bool }",
			"q.items = append(q.items, n)", "if q.items == nil { q.items = make(map[int]bool) }; q.items[n/2] = true")},
		{"3 1 9 a+b 41", change("double(n int) int { return twice(n)", "double(n, more int) int { return twice(n) + more", "double(limit)", "double(limit, limit)")},
		{"3 1 10 a+b 44", change("func double(", "func more(n int) int { return n + 1 }\n\nfunc double(", "return twice(n)", "return more(more(more(more(twice(n)))))",
			"func (Chapter) Line() int {\n", "func (Chapter) Line() int {\n\n\n\n")},
		{"3 1 6 1A+B 41", change("fmt\"", "fmt\"; \"strconv\"", "strings.Join(words, \"+\")", "strconv.Itoa(first) + up(words...)",
			"_ int, words", "first int, words", "func double(", "func up(words ...string) string { return strings.ToUpper(strings.Join(words, \"+\")) }; func double(")},
		{"6 1 10 a+b 41", change("limit = 3", "limit = 5", "	for n", "	limit := limit + 1\n	for n", "double(limit)", "double(limit - 1)")},
		{"3 1 6 a+b 41", change("func skip(int, string) {}", "func skip(n int, s string) { s += fmt.Sprint(n) }")},
	} {
		number, err := p.Add(version.changed)
		require.NoError(t, err, version.shows)
		assert.Equal(t, len(want), number)
		want = append(want, version.shows)
	}
	files, without, err := p.Weave()
	require.NoError(t, err)
	require.Empty(t, without)
	for name, text := range files {
		write(t, folder, filepath.Join("p", name), text)
	}
	write(t, folder, "main.go", fmt.Sprintf(shows, len(want)))
	run := exec.Command("go", "run", "-gcflags=-l -N", ".")
	run.Dir = folder
	var complaints strings.Builder // and what the toolchain says with -v in GOFLAGS
	run.Stderr = &complaints
	out, err := run.Output()
	require.NoError(t, err, complaints.String())
	assert.Equal(t, want, strings.Split(strings.TrimSpace(string(out)), "\n"))
}

func TestAddSaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	p, _ := newPackage(t)
	for want, changed := range map[string]map[string]string{
		"expected":                            change("return 2 * n", "return 2 *"),
		"undefined: many":                     change("return 2 * n", "return many"),
		"declared and not used":               change("return 2 * n", "m := 1; return 2 * n"),
		`"fmt" imported and not used`:         change("fmt.Sprint(q.len(), \" \", green, \" \", double(limit), \" \", strings.Join(words, \"+\"))", "strings.Join(words, \"+\")"),
		"Chapter is used elsewhere":           change("Chapter struct{}", "Chapter struct{ n int }"),
		"would be a method of another name":   change("func double(", "func (q queue) String() string { return \"\" }\n\nfunc double("),
		"deeper is used while the program is": change("return 1", "return 2"),
		"Chapter.Line is no more":             change("func (Chapter) Line()", "func line()"),
		"init is not called by its name":      change("func double(", "func init() {}\n\nfunc double("),
	} {
		_, err := p.Add(changed)
		assert.ErrorContains(t, err, want)
	}
}

func TestWeaveLeavesOutWhatDoesNotCompile(t *testing.T) {
	t.Parallel()
	p, _ := newPackage(t)
	good, err := p.Add(change("return 2 * n", "return 3 * n"))
	require.NoError(t, err)
	// A field is called like the type that is embedded, and has no name of its own.
	bad, err := p.Add(change("[]int }", "[]int; n int }", "skip(0, \"\")", "var d deque; d.queue.add(1)"))
	require.NoError(t, err)
	files, without, err := p.Weave()
	require.NoError(t, err)
	assert.Len(t, without, 1)
	assert.Error(t, without[bad])
	assert.Contains(t, files, fmt.Sprintf("p_v%03d.go", good))
	assert.NotContains(t, files, fmt.Sprintf("p_v%03d.go", bad))
}
