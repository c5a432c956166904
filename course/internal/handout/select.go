package handout

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/kit/workbook"
)

// stubs is where lab has its copies of the untouched stubs.
const stubs = "cmd/lab/internal/pristine/stubs/"

// given are the files at the top that a learner has.
var given = []string{"go.mod", "go.sum", "LICENSE", ".gitignore", ".gitattributes"}

// files returns what is handed out of chapter c, but for the files that are made for the
// hand-out alone: the chapter's stub, tests and lesson; the lessons and the reference of
// the chapters before it; the kit and lab without what tests them; nothing of later ones.
func files(w place.Workbook, c workbook.Chapter) (map[string][]byte, error) {
	names, err := w.Files(slices.Concat(given, []string{workbook.Stubs, workbook.Solutions, "kit", "cmd"})...)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]byte)
	for _, name := range names {
		if !handedOut(c, name) {
			continue
		}
		if out[name], err = w.Read(name); err != nil {
			return nil, err
		}
	}
	return out, untouched(w, c, out)
}

// untouched puts the chapter's stub among the files as lab keeps it: the one beside the
// tests may be written in already.
func untouched(w place.Workbook, c workbook.Chapter, out map[string][]byte) error {
	names, err := w.Files(stubs + c.Name)
	for _, name := range names {
		text, err := w.Read(name)
		if err != nil {
			return err
		}
		out[c.File(strings.TrimSuffix(path.Base(name), ".stub"))] = text
	}
	return err
}

// handedOut reports whether a file of the workbook is part of chapter c's hand-out.
func handedOut(c workbook.Chapter, name string) bool {
	top, rest, _ := strings.Cut(name, "/")
	folder, file, in := strings.Cut(rest, "/")
	switch top {
	case "kit", "cmd":
		copied, isStub := strings.CutPrefix(name, stubs)
		return !isTest(name) && !(isStub && path.Dir(copied) != c.Name)
	case workbook.Stubs:
		switch {
		case !in || folder > c.Name:
			return false
		case folder < c.Name:
			return path.Ext(file) != ".go" // its lesson, to be read
		}
		isTest := strings.HasSuffix(file, "_test.go")
		return !strings.HasPrefix(file, "my_") && (path.Ext(file) != ".go" || isTest)
	case workbook.Solutions:
		if !in { // 02-handshake.go, solutions.go
			name := strings.TrimSuffix(folder, ".go")
			return path.Ext(folder) == ".go" && !isTest(folder) && (name == workbook.Solutions || name < c.Name)
		}
		return folder[0] >= '0' && folder[0] <= '9' && folder < c.Name && path.Ext(file) == ".go" && !isTest(file)
	}
	return slices.Contains(given, name)
}

// isTest reports whether a file is there to test what is given, and not a learner's code.
// Some of them need all solutions.
func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.go") || slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "testdata") ||
		strings.Contains(name, "/booktest/")
}
