package proof

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
}

// Chapters returns the chapters for which the workbook in folder root has a
// solution, in order.
func Chapters(root string) ([]Chapter, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	folders, err := filepath.Glob(filepath.Join(root, "solutions", "[0-9][0-9]-*"))
	var chapters []Chapter
	for _, f := range folders {
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
func (c Chapter) StubFolder() string { return filepath.Join(c.Root, "chapters", c.Name) }

// SolutionFolder returns the folder of the reference.
func (c Chapter) SolutionFolder() string { return filepath.Join(c.Root, "solutions", c.Name) }

// VariantFolders returns the folders of other right implementations.
func (c Chapter) VariantFolders() ([]string, error) {
	return filepath.Glob(filepath.Join(c.Root, "solutions", "variants", c.Name, "*"))
}

// A Test is a top-level test of a chapter.
type Test struct {
	Name string // "TestStep2_AnswerTheSYNACK"
	Step int    // 2
}

var (
	testFunction = regexp.MustCompile(`^Test[^a-z]`)
	stepInName   = regexp.MustCompile(`^TestStep([1-9][0-9]*)_[A-Z0-9]`)
)

// Tests returns the chapter's tests in the order of files and lines. It is an
// error when one's name does not say which step it belongs to.
func (c Chapter) Tests() ([]Test, error) {
	files, err := goFiles(c.StubFolder(), true)
	if err != nil {
		return nil, err
	}
	var tests []Test
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !testFunction.MatchString(f.Name.Name) || f.Name.Name == "TestMain" {
				continue
			}
			m := stepInName.FindStringSubmatch(f.Name.Name)
			if m == nil {
				return nil, fmt.Errorf("%s: %s is not called TestStepN_Name", filepath.Base(file), f.Name.Name)
			}
			step, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, err
			}
			tests = append(tests, Test{Name: f.Name.Name, Step: step})
		}
	}
	return tests, nil
}

// Steps returns the number of the last step that has a test.
func Steps(tests []Test) int {
	last := 0
	for _, t := range tests {
		last = max(last, t.Step)
	}
	return last
}

// goFiles returns the Go files in a folder: its tests, or what is no test. Tests
// in files called my_… are a learner's own, and nothing that is to be proved.
func goFiles(folder string, tests bool) ([]string, error) {
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
