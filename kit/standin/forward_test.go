package standin

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write forward.go anew")

// TestForwardIsGenerated compares forward.go with what kit/stack asks of the chapters.
func TestForwardIsGenerated(t *testing.T) {
	want, err := forward(filepath.Join("..", "stack", "chapters.go"))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("forward.go", want, 0o666))
	}
	got, err := os.ReadFile("forward.go")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "kit/stack has changed: go generate ./kit/standin")
}

// forward returns forward.go, written from the interfaces in a file and its imports.
func forward(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprint(&b, "// Code generated from kit/stack/chapters.go by go generate; DO NOT EDIT.\n\n")
	fmt.Fprint(&b, "package standin\n\n")
	imports := tree.Decls[0].(*ast.GenDecl)
	b.Write(text[set.Position(imports.Pos()).Offset:set.Position(imports.Rparen).Offset])
	fmt.Fprint(&b, "\t\"tcpworkbook/kit/stack\"\n)\n")
	ast.Inspect(tree, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if methods, ok := spec.Type.(*ast.InterfaceType); ok {
				forwardAll(&b, set, spec.Name.Name, methods)
			}
		}
		return true
	})
	return format.Source(b.Bytes())
}

// forwardAll writes a type with the methods of one chapter.
func forwardAll(b *bytes.Buffer, set *token.FileSet, chapter string, methods *ast.InterfaceType) {
	fmt.Fprintf(b, "\n// %[1]s forwards to the [stack.%[1]s] that was chosen.\n", chapter)
	fmt.Fprintf(b, "type %[1]s struct{}\n\nvar _ stack.%[1]s = %[1]s{}\n", chapter)
	for _, m := range methods.Methods.List {
		signature := m.Type.(*ast.FuncType)
		var arguments []string
		for _, p := range signature.Params.List {
			for _, name := range p.Names {
				arguments = append(arguments, name.Name)
			}
		}
		var written strings.Builder
		format.Node(&written, set, signature)
		name, takes := m.Names[0].Name, strings.TrimPrefix(written.String(), "func")
		fmt.Fprintf(b, "\n// %s is [stack.%s]'s.\nfunc (%s) %s%s {\n", name, chapter, chapter, name, takes)
		fmt.Fprint(b, "\tbegin()\n\tdefer underway.Add(-1)\n\t")
		if signature.Results != nil {
			fmt.Fprint(b, "return ")
		}
		fmt.Fprintf(b, "chosen.%s.%s(%s)\n}\n", chapter, name, strings.Join(arguments, ", "))
	}
}
