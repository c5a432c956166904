package run

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"

	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// mostSnippet is how many lines of a submission a class report shows.
const mostSnippet = 28

// Functions are the functions in which each step of a chapter is written: those that its
// untouched stub marks, by the step's number, each as workbook.Function.String has it.
type Functions map[int][]string

// ReadFunctions reads the stub's files, whose names do not matter.
func ReadFunctions(stub map[string][]byte) (Functions, error) {
	all := make(Functions)
	for name, text := range stub {
		functions, err := workbook.FileFunctions(name, text)
		if err != nil {
			return nil, err
		}
		for _, f := range functions {
			for _, m := range f.Markers {
				if !slices.Contains(all[m.Step], f.String()) {
					all[m.Step] = append(all[m.Step], f.String())
				}
			}
		}
	}
	return all, nil
}

// Snippet returns what a student has written for a step, to be shown to others: without
// comments, which may tell who he is; "" when nothing can be shown.
func (fs Functions) Snippet(files handin.Files, step int) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, text := range bare(files[name], fs[step]) {
			lines = append(lines, strings.Split(text, "\n")...)
		}
	}
	if len(lines) > mostSnippet {
		lines = append(lines[:mostSnippet], "…")
	}
	return workbook.Printable(strings.Join(lines, "\n"))
}

// Begun reports whether a student has written anything for a step: whether one of its
// functions does more than return zero values.
func (fs Functions) Begun(files handin.Files, step int) bool {
	for name, text := range files {
		functions, err := workbook.FileFunctions(name, text)
		if err != nil {
			return true // there is something that is no Go yet
		}
		for _, f := range functions {
			if !f.Blank && slices.Contains(fs[step], f.String()) {
				return true
			}
		}
	}
	return false
}

// bare returns the functions of these names in a file, without comments.
func bare(text []byte, names []string) (found []string) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		name := "func " + f.Name.Name
		if of := workbook.Receiver(f); of != "" {
			name = "func (" + of + ") " + f.Name.Name
		}
		if !slices.Contains(names, name) {
			continue
		}
		f.Doc = nil
		if text, ok := Formatted(set, f); ok {
			found = append(found, text)
		}
	}
	return found
}

// How long and how deep a declaration may be that is formatted: each line is indented by as much as
// it is deep, so 100 KB of opening brackets would become gigabytes.
const (
	mostText  = 64 << 10 // bytes
	mostDepth = 200      // nodes
)

// Formatted returns a declaration as gofmt writes it. It is not ok for one that nobody has written
// by hand.
func Formatted(set *token.FileSet, d ast.Decl) (text string, ok bool) {
	if d.End()-d.Pos() > mostText {
		return "", false
	}
	depth, deepest := 0, 0
	ast.Inspect(d, func(n ast.Node) bool {
		if n == nil {
			depth--
			return true
		}
		depth++
		deepest = max(deepest, depth)
		return true
	})
	if deepest > mostDepth {
		return "", false
	}
	var b bytes.Buffer
	err := format.Node(&b, set, d)
	return b.String(), err == nil
}
