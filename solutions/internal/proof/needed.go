package proof

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"tcpworkbook/kit/workbook"
)

// Only has the program keep, of the chapter's test files, those that one test needs:
// the file that it is in, the one with TestMain, and those whose names these use. To
// compile all of them for one test would take most of the time of the proof.
func (c Chapter) Only(p Program, test string) error {
	files, err := workbook.GoFiles(c.StubFolder(), true)
	if err != nil {
		return err
	}
	kept, err := neededFiles(files, test, "TestMain")
	if err != nil {
		return err
	}
	maps.DeleteFunc(p.Overlay, func(_, from string) bool {
		return slices.Contains(files, from) && !slices.Contains(kept, from)
	})
	return nil
}

// neededFiles returns those of the files of one package that declare the names, and
// those that declare what these files use, and so on.
func neededFiles(files []string, names ...string) ([]string, error) {
	home := make(map[string]string) // of each name that a file declares
	uses := make(map[string][]string)
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, name := range declared(tree) {
			home[name] = file
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				uses[file] = append(uses[file], name.Name)
			}
			return true
		})
	}
	var kept []string
	for len(names) > 0 {
		file, declared := home[names[0]]
		names = names[1:]
		if declared && !slices.Contains(kept, file) {
			kept = append(kept, file)
			names = append(names, uses[file]...)
		}
	}
	return kept, nil
}
