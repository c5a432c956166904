package solutions_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/proof"
)

// untilThen is what stands in a function's place until its step, where that is more than
// nothing: the lesson says so.
var untilThen = map[string]string{
	"CongestionTimeout": "b.Congestion.Window = uint32(b.Snd.MSS)", // step 3.6
}

// TestSittings shows that one may stop after each step: the reference passes the tests of
// the steps so far while every function of a later step still does nothing, as in the
// stub, though it is called already.
func TestSittings(t *testing.T) {
	if testing.Short() {
		t.Skip("a program for each chapter")
	}
	chapters, err := proof.Chapters("..")
	require.NoError(t, err)
	require.NotEmpty(t, chapters)
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			proveSittings(t, c)
		})
	}
}

func proveSittings(t *testing.T, c proof.Chapter) {
	edited, err := c.Edited()
	require.NoError(t, err)
	if len(edited) > 0 {
		t.Skip("this is not the untouched stub, there is code in ", strings.Join(edited, ", "))
	}
	stub, err := workbook.Functions(c.StubFolder())
	require.NoError(t, err)
	folder := t.TempDir()
	files, err := workbook.GoFiles(c.SolutionFolder(), false)
	require.NoError(t, err)
	for _, file := range files {
		text, err := emptyUntil(file, firstSteps(stub))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(file)), []byte(text), 0o666))
	}
	clock := fmt.Sprintf(`package %s

import (
	"os"
	"strconv"
)

var stepsWritten, _ = strconv.Atoi(os.Getenv("STEPS_WRITTEN"))
`, c.Subject())
	require.NoError(t, os.WriteFile(filepath.Join(folder, "steps_written.go"), []byte(clock), 0o666))

	program, err := c.Variant(folder)
	require.NoError(t, err)
	binary, err := program.Compile(t.TempDir())
	require.NoError(t, err)
	tests, err := c.Tests()
	require.NoError(t, err)
	var soFar []string
	for step := 1; step <= workbook.Steps(tests); step++ {
		soFar = append(soFar, fmt.Sprint(step))
		run := exec.Command(binary, "-test.run=^TestStep("+strings.Join(soFar, "|")+")_")
		run.Dir, run.Env = program.Folder, append(os.Environ(), fmt.Sprint("STEPS_WRITTEN=", step))
		if out, err := run.CombinedOutput(); err != nil {
			t.Errorf("after step %d.%d, with the later functions empty: %v\n%.2000s", c.Number, step, err, out)
		}
	}
}

// firstSteps returns the step in which each of the stub's functions is begun.
func firstSteps(stub []workbook.Function) map[string]int {
	first := make(map[string]int)
	for _, f := range stub {
		for _, m := range f.Markers {
			if s, ok := first[f.String()]; !ok || m.Step < s {
				first[f.String()] = m.Step
			}
		}
	}
	return first
}

// emptyUntil returns the text of a file in which each function does nothing while
// stepsWritten is less than the step in which it is begun.
func emptyUntil(file string, first map[string]int) (string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	positions := token.NewFileSet()
	tree, err := parser.ParseFile(positions, file, source, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	done := 0
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		step := first[nameOf(f)]
		if step == 0 {
			continue
		}
		body := positions.Position(f.Body.Lbrace).Offset + 1
		text.Write(source[done:body])
		fmt.Fprintf(&text, "\nif stepsWritten < %d { %s; return %s }\n",
			step, untilThen[f.Name.Name], zeros(f, source, positions))
		done = body
	}
	text.Write(source[done:])
	return text.String(), nil
}

// nameOf returns a function's name as workbook.Function.String does.
func nameOf(f *ast.FuncDecl) string {
	if of := workbook.Receiver(f); of != "" {
		return "func (" + of + ") " + f.Name.Name
	}
	return "func " + f.Name.Name
}

// zeros returns the zero values that a function returns.
func zeros(f *ast.FuncDecl, source []byte, positions *token.FileSet) string {
	var all []string
	if f.Type.Results != nil {
		for _, r := range f.Type.Results.List {
			from, to := positions.Position(r.Type.Pos()).Offset, positions.Position(r.Type.End()).Offset
			for range max(1, len(r.Names)) {
				all = append(all, fmt.Sprintf("*new(%s)", source[from:to]))
			}
		}
	}
	return strings.Join(all, ", ")
}
