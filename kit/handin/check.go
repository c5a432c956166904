package handin

import (
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Vocabulary is the one package of the workbook that a chapter imports.
const Vocabulary = "tcpworkbook/kit/tcp"

// Check returns what stands in the files that cannot be handed in, in the order of files
// and lines: directives to the compiler, cgo, files embedded, imports of other packages
// than the standard library's and Vocabulary. Whether they compile it does not say.
func (f Files) Check() []Refusal {
	var found []Refusal
	for _, name := range slices.Sorted(maps.Keys(f)) {
		inFile := append(directives(name, f[name]), imports(name, f[name])...)
		slices.SortStableFunc(inFile, func(a, b Refusal) int { return a.Line - b.Line })
		found = append(found, inFile...)
	}
	return found
}

// directives returns the comments that the toolchain obeys.
func directives(name string, text []byte) (found []Refusal) {
	set := token.NewFileSet()
	file := set.AddFile(name, set.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	for {
		at, tok, comment := s.Scan()
		if tok == token.EOF {
			return found
		}
		if tok != token.COMMENT {
			continue
		}
		for _, begin := range []string{"//go:", "//line ", "/*line ", "//export ", "// +build ", "//+build "} {
			if strings.HasPrefix(comment, begin) {
				found = append(found, Refusal{name, file.Line(at), fmt.Sprintf("has a directive to the toolchain, %.40q", comment)})
			}
		}
	}
}

// imports returns the imports of what is not given.
func imports(name string, text []byte) (found []Refusal) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, text, parser.ImportsOnly)
	if tree == nil || err != nil && len(tree.Imports) == 0 {
		return nil // the compiler will say so
	}
	for _, spec := range tree.Imports {
		of, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if why := forbidden(of); why != "" {
			line := set.PositionFor(spec.Pos(), false).Line
			found = append(found, Refusal{name, line, fmt.Sprintf("imports %.80q: %s", of, why)})
		}
	}
	return found
}

// forbidden says why a package cannot be imported; "" when it can.
func forbidden(of string) string {
	first, _, _ := strings.Cut(of, "/")
	switch {
	case of == Vocabulary:
		return ""
	case of == "C" || of == "runtime/cgo":
		return "a chapter is written in Go"
	case of == "embed":
		return "a chapter has no files but its own"
	case of == "plugin":
		return "a chapter loads no code"
	case first == "tcpworkbook":
		return "of the workbook a chapter uses " + Vocabulary + " only"
	case strings.Contains(first, ".") || strings.HasPrefix(of, "/"):
		return "only the standard library and " + Vocabulary + " are there"
	}
	return ""
}
