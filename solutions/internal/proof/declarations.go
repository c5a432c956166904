package proof

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/kit/workbook"
)

// declarations is what the Go files of a folder declare, tests excepted.
type declarations struct {
	exported   map[string]string // "open.go: func (Chapter) Open" → how it is written, with its doc comment, without its body
	unexported map[string]bool   // "func sendSYN"
}

// readDeclarations reads the Go files of a folder.
func readDeclarations(folder string) (declarations, error) {
	d := declarations{exported: make(map[string]string), unexported: make(map[string]bool)}
	files, err := workbook.GoFiles(folder, false)
	if err != nil {
		return d, err
	}
	for _, file := range files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return d, err
		}
		if tree.Doc != nil {
			d.exported[filepath.Base(file)+": package "+tree.Name.Name] = tree.Doc.Text()
		}
		for _, declaration := range tree.Decls {
			switch x := declaration.(type) {
			case *ast.FuncDecl:
				d.addFunction(filepath.Base(file), set, x)
			case *ast.GenDecl:
				d.addGeneral(filepath.Base(file), set, x)
			}
		}
	}
	return d, nil
}

func (d *declarations) addFunction(file string, set *token.FileSet, f *ast.FuncDecl) {
	name := workbook.Function{Receiver: workbook.Receiver(f), Name: f.Name.Name}
	if !name.Exported() {
		d.unexported[name.String()] = true
		return
	}
	f.Body = nil
	d.exported[file+": "+name.String()] = written(set, f)
}

// addGeneral adds constants, variables or types, each with its group's doc
// comment.
func (d *declarations) addGeneral(file string, set *token.FileSet, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		var names []*ast.Ident
		switch x := spec.(type) {
		case *ast.ValueSpec:
			names = x.Names
		case *ast.TypeSpec:
			names = []*ast.Ident{x.Name}
		}
		for _, n := range names {
			name := g.Tok.String() + " " + n.Name
			if n.IsExported() {
				d.exported[file+": "+name] = g.Doc.Text() + written(set, spec)
			} else if n.Name != "_" {
				d.unexported[name] = true
			}
		}
	}
}

func written(set *token.FileSet, node any) string {
	var b strings.Builder
	if err := format.Node(&b, set, node); err != nil {
		return err.Error()
	}
	return b.String()
}

// CompareDeclarations returns how the stub's declarations are out of step with the
// solution's: the exported ones and their doc comments are to be the same, and no
// other that the solution has may give it away.
func (c Chapter) CompareDeclarations() ([]string, error) {
	stub, err := readDeclarations(c.StubFolder())
	if err != nil {
		return nil, err
	}
	solution, err := readDeclarations(c.SolutionFolder())
	if err != nil {
		return nil, err
	}
	all := maps.Clone(stub.exported)
	maps.Copy(all, solution.exported)
	var different []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		inStub, isInStub := stub.exported[name]
		inSolution, isInSolution := solution.exported[name]
		switch {
		case !isInStub:
			different = append(different, name+": only in the solution")
		case !isInSolution:
			different = append(different, name+": only in the stub")
		case inStub != inSolution:
			different = append(different, fmt.Sprintf("%s: the stub has\n%s\nthe solution has\n%s", name, inStub, inSolution))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stub.unexported)) {
		if solution.unexported[name] {
			different = append(different, name+": unexported, and the stub has it too")
		}
	}
	return different, nil
}
