package proof

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"

	"tcpworkbook/kit/workbook"
)

// testsName is what a chapter's tests may call what they declare for themselves.
// They share a package with the learner, who must be free to call a function of
// his own "segment" or "sendACK".
var testsName = regexp.MustCompile(`^(Test|test|given|want|peer|section)|^(chapters|iss|irs|rcvNxt|sndNxt)$`)

// CheckTestNames returns the names that a chapter's tests declare and that a
// learner may well want for himself.
func (c Chapter) CheckTestNames() ([]string, error) {
	files, err := workbook.GoFiles(c.StubFolder(), true)
	if err != nil {
		return nil, err
	}
	var wrong []string
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, name := range declared(tree) {
			if !testsName.MatchString(name) {
				wrong = append(wrong, fmt.Sprintf("%s: %s: a learner may want this name; begin it with test, given, want or peer", filepath.Base(file), name))
			}
		}
	}
	return wrong, nil
}

// declared returns the names that a file declares for its whole package.
func declared(tree *ast.File) []string {
	var names []string
	for _, declaration := range tree.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch x := spec.(type) {
				case *ast.ValueSpec:
					for _, n := range x.Names {
						names = append(names, n.Name)
					}
				case *ast.TypeSpec:
					names = append(names, x.Name.Name)
				}
			}
		}
	}
	return names
}
