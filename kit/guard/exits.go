package guard

import (
	"go/ast"
	"go/parser"
	"go/token"

	"tcpworkbook/kit/workbook"
)

// exits finds where the Go files of a folder, tests apart, end the program.
func exits(dir string) []string {
	files, _ := workbook.GoFiles(dir, false) // as far as they can be read
	var calls []string
	for _, file := range files {
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			continue
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			if name := exitCall(n); name != "" {
				calls = append(calls, name+" at "+position(file, set.Position(n.Pos()).Line))
			}
			return true
		})
	}
	return calls
}

// exitCall returns the name of the function that n calls if it ends the program:
// "os.Exit".
func exitCall(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	from, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	switch name := from.Name + "." + selector.Sel.Name; name {
	case "os.Exit", "syscall.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln":
		return name
	}
	return ""
}
