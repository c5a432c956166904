package workbook

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// OpensStep reports whether a test, or the test that a subtest is part of, is the first of
// its step in the chapter whose folder the program runs in: the one whose failure is read
// first. It is also true of a test that belongs to no step of a chapter, and where there
// are no tests to be read.
func OpensStep(test string) bool {
	test, _, _ = strings.Cut(test, "/")
	step := StepOf(test)
	if step == 0 || Folder() == "" {
		return true
	}
	first := openings(Folder())[step]
	return first == "" || first == test
}

var stepTest = regexp.MustCompile(`(?m)^func (TestStep\w+)\(`)

var known sync.Map // what openings has returned

// openings returns the first test of each step in the chapter whose folder, called name,
// the program runs in: that of the stubs, where the tests are, or that of the solution.
func openings(name string) map[int]string {
	folder, _ := filepath.Abs(filepath.Join("..", "..", Stubs, name))
	if first, ok := known.Load(folder); ok {
		return first.(map[int]string)
	}
	first := make(map[int]string)
	files, _ := GoFiles(folder, true)
	for _, file := range files {
		source, _ := os.ReadFile(file)
		for _, m := range stepTest.FindAllSubmatch(source, -1) {
			name := string(m[1])
			if step := StepOf(name); first[step] == "" {
				first[step] = name
			}
		}
	}
	known.Store(folder, first)
	return first
}
