package submissions

import (
	"bytes"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// location is where in a submission the chapter is.
type location struct {
	folder  string // "" when it is nowhere
	near    bool   // it is so near the top that this is one submission, and not many
	refused []handin.Refusal
}

// deepest is how many folders below each other are looked at, and mostFolders how many in
// all.
const (
	deepest     = 8
	mostFolders = 2000
)

// locate finds the folder of a submission that has the chapter's files in it: the
// workbook's own, chapters/03-transfer, before one called so, before any other that has
// Go files of the chapter's package; the one nearest the top before one below it.
func locate(folder fs.FS, c workbook.Chapter) location {
	var found location
	best, seen := 0, 0
	fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		depth := strings.Count(name, "/")
		switch {
		case err != nil:
			return nil // what cannot be read is not looked at
		case !d.IsDir():
			if d.Type()&fs.ModeSymlink != 0 && d.Name() == c.Name {
				found.near = found.near || near(name, c)
				found.refused = append(found.refused, handin.Refusal{File: name, Why: "is a symbolic link, and not a folder"})
			}
			return nil
		case name != "." && skipped(d.Name()) || depth > deepest || seen > mostFolders:
			return fs.SkipDir
		}
		seen++
		if rank := rank(folder, name, c); rank > best {
			best, found.folder = rank, name
			found.near = near(name, c)
		}
		return nil
	})
	if best > 0 && found.folder != "" {
		found.refused = nil
	}
	return found
}

// near reports whether the chapter's folder is where one submission has it.
func near(name string, c workbook.Chapter) bool {
	return name == "." || name == c.Name || name == workbook.Stubs+"/"+c.Name
}

// How a folder looks.
const (
	ofPackage = 1 + iota // it has Go files of the chapter's package
	named                // and is called like the chapter
	ownFolder            // and is among the chapters
)

func rank(folder fs.FS, name string, c workbook.Chapter) int {
	among := path.Base(path.Dir(name))
	if among == workbook.Solutions || slices.Contains(strings.Split(name, "/"), "variants") || !hasPackage(folder, name, c.Subject()) {
		return 0
	}
	switch {
	case path.Base(name) == c.Name && among == workbook.Stubs:
		return ownFolder
	case path.Base(name) == c.Name:
		return named
	}
	return ofPackage
}

// hasPackage reports whether a folder has a Go file of a package that is no test.
func hasPackage(folder fs.FS, name, called string) bool {
	entries, err := fs.ReadDir(folder, name)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".go" || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if !e.Type().IsRegular() {
			return true // which will be refused
		}
		if packageOf(folder, path.Join(name, e.Name())) == called {
			return true
		}
	}
	return false
}

// packageOf returns the name in a file's package clause, "" when it has none at its
// beginning.
func packageOf(folder fs.FS, name string) string {
	f, err := folder.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return ""
	}
	tree, _ := parser.ParseFile(token.NewFileSet(), "", bytes.ToValidUTF8(head, nil), parser.PackageClauseOnly)
	if tree == nil || tree.Name == nil {
		return ""
	}
	return tree.Name.Name
}
