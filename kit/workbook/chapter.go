// Package workbook reads what a workbook is made of: its chapters, their steps,
// tests and lessons, the functions that a learner writes, and what a run of the
// tests says. Command lab shows it to learners; package proof judges it. How a test's
// failure is written is here too, beside what reads it.
//
// Nothing is known in advance but how folders, headings and tests are called:
//
//	chapters/02-handshake/README.md       ## Step 4: Take the third segment
//	chapters/02-handshake/open.go         // TODO(step 2.4): what to write
//	chapters/02-handshake/step4_test.go   func TestStep4_Name(t *testing.T)
//	solutions/02-handshake/open.go        the same function, written
package workbook

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Chapter is one chapter of a workbook, whose folders are chapters/NN-name and
// solutions/NN-name.
type Chapter struct {
	Root   string // the workbook's folder, an absolute path
	Name   string // "02-handshake"
	Number int    // 2

	Edition Edition // the one to read its lesson in
}

// The two folders that have one of each chapter's.
const (
	Stubs     = "chapters"
	Solutions = "solutions"
)

// Chapters returns the chapters that the workbook in folder root has a folder for
// among its Stubs or its Solutions, in order.
func Chapters(root, among string) ([]Chapter, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	folders, err := filepath.Glob(filepath.Join(root, among, "[0-9][0-9]-*"))
	var chapters []Chapter
	for _, f := range folders {
		if info, err := os.Stat(f); err != nil || !info.IsDir() {
			continue // the file beside a folder of solutions
		}
		name := filepath.Base(f)
		number, err := strconv.Atoi(name[:2])
		if err != nil {
			return nil, fmt.Errorf("folder %s has no number: %w", name, err)
		}
		chapters = append(chapters, Chapter{Root: root, Name: name, Number: number})
	}
	return chapters, err
}

// StubFolder returns the folder that a learner works in.
func (c Chapter) StubFolder() string { return filepath.Join(c.Root, Stubs, c.Name) }

// SolutionFolder returns the folder of the reference.
func (c Chapter) SolutionFolder() string { return filepath.Join(c.Root, Solutions, c.Name) }

// File returns the name of a file in the folder that a learner works in, from the
// workbook's folder and with slashes: "chapters/02-handshake/open.go".
func (c Chapter) File(name string) string { return Stubs + "/" + c.Name + "/" + name }

// Subject returns the chapter's name without its number: "handshake".
func (c Chapter) Subject() string { return c.Name[len("02-"):] }

// A Test is a top-level test of a chapter.
type Test struct {
	Name string // "TestStep2_AnswerTheSYNACK"
	Step int    // 2
}

// IsStorm reports whether the test is the storm that ends a chapter, see package storm: a
// step in which there is nothing to write.
func (t Test) IsStorm() bool { return strings.HasSuffix(t.Name, "_Storm") }

var (
	testFunction = regexp.MustCompile(`^Test[^a-z]`)
	stepInName   = regexp.MustCompile(`^TestStep([1-9][0-9]*)_[A-Z0-9]`)
)

// Tests returns the chapter's tests in the order of files and lines. The error
// says what could not be read, or whose name does not say which step it belongs
// to; the tests are all others.
func (c Chapter) Tests() (tests []Test, err error) {
	files, err := GoFiles(c.StubFolder(), true)
	for _, file := range files {
		tree, parseErr := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err == nil {
			err = parseErr
		}
		if tree == nil {
			continue
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !testFunction.MatchString(f.Name.Name) || f.Name.Name == "TestMain" {
				continue
			}
			if step := StepOf(f.Name.Name); step > 0 {
				tests = append(tests, Test{Name: f.Name.Name, Step: step})
			} else if err == nil {
				err = fmt.Errorf("%s: %s is not called TestStepN_Name", filepath.Base(file), f.Name.Name)
			}
		}
	}
	return tests, err
}

// StepOf returns the step that a test's name says it belongs to; 0 when it says
// none.
func StepOf(test string) int {
	m := stepInName.FindStringSubmatch(test)
	if m == nil {
		return 0
	}
	step, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return step
}

// Steps returns the number of the last step that has a test.
func Steps(tests []Test) int {
	last := 0
	for _, t := range tests {
		last = max(last, t.Step)
	}
	return last
}

// GoFiles returns the Go files in a folder: its tests, or what is no test. Tests
// in files called my_… are a learner's own, and none of the chapter's.
func GoFiles(folder string, tests bool) ([]string, error) {
	entries, err := os.ReadDir(folder)
	var files []string
	for _, e := range entries {
		own := tests && strings.HasPrefix(e.Name(), "my_")
		if filepath.Ext(e.Name()) == ".go" && strings.HasSuffix(e.Name(), "_test.go") == tests && !own {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files, err
}
