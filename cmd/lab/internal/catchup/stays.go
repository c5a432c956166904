package catchup

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"

	"tcpworkbook/kit/workbook"
)

// A declaration is one of the learner's that stands at the top of a file: a function, or
// constants, variables or types.
type declaration struct {
	file     string // its name
	text     string // with its doc comment
	imports  map[string]string
	function string // as workbook.Function.String has it; "" for what is no function
	names    []string
	mentions map[string]bool // every name in it
}

// declarations returns what stands at the top of a folder's files, tests excepted.
func declarations(folder string) ([]declaration, error) {
	files, err := workbook.GoFiles(folder, false)
	if err != nil {
		return nil, err
	}
	var all []declaration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		functions, err := workbook.FileFunctions(file, text)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		imports, base := importsOf(tree), int(tree.FileStart)
		for _, d := range tree.Decls {
			begin, end := int(d.Pos())-base, int(d.End())-base
			one := declaration{file: filepath.Base(file), imports: imports, mentions: mentioned(d)}
			switch d := d.(type) {
			case *ast.FuncDecl:
				one.names = []string{d.Name.Name}
				for _, f := range functions {
					if f.Begin <= begin && begin < f.End {
						begin, end, one.function = f.Begin, f.End, f.String()
					}
				}
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
				if d.Doc != nil {
					begin = int(d.Doc.Pos()) - base
				}
				one.names = declared(d)
			}
			one.text = string(text[begin:end])
			all = append(all, one)
		}
	}
	return all, nil
}

// declared returns the names that constants, variables or types have.
func declared(d *ast.GenDecl) (names []string) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			names = append(names, s.Name.Name)
		case *ast.ValueSpec:
			for _, n := range s.Names {
				names = append(names, n.Name)
			}
		}
	}
	return names
}

// mentioned returns every name in a declaration.
func mentioned(d ast.Decl) map[string]bool {
	names := make(map[string]bool)
	ast.Inspect(d, func(n ast.Node) bool {
		if is, ok := n.(*ast.Ident); ok {
			names[is.Name] = true
		}
		return true
	})
	return names
}

// needs returns those of the learner's declarations that his functions need, the ones that
// stay by their String, whoever wrote them: he, or an earlier lab catchup. What the chapter has
// without them, by name, is not among them.
func needs(own []declaration, stay functions, has map[string]bool) []declaration {
	taken := make([]bool, len(own))
	var needed []declaration
	var queue []map[string]bool
	for _, d := range own {
		if stay[d.function] {
			queue = append(queue, d.mentions)
		}
	}
	for len(queue) > 0 {
		mentions := queue[0]
		queue = queue[1:]
		for i, d := range own {
			if taken[i] || stay[d.function] {
				continue
			}
			for _, name := range d.names {
				if mentions[name] && !has[name] && !taken[i] {
					taken[i] = true
					needed = append(needed, d)
					queue = append(queue, d.mentions)
				}
			}
		}
	}
	return needed
}
