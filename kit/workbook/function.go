package workbook

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Function is a function or method with a body.
type Function struct {
	File     string // "open.go"
	Receiver string // the name of its receiver's type: "Chapter"; "" for none
	Name     string // "Open"
	Line     int    // of its name; 1 is the first of the file
	Begin    int    // offset in the file of its doc comment, or else of "func", bytes
	Start    int    // offset of "func"
	End      int    // offset after its last brace
	LastLine int
	Text     string // its doc comment and itself

	Blank   bool     // it does nothing but return zero values
	Markers []Marker // the TODO comments in its body
	Calls   []string // names that are called in it: "sendSYN", for b.sendSYN() too
}

// Marker is a comment that tells a learner what to write where:
// "TODO(step 2.4): what to write".
type Marker struct {
	Chapter, Step int
	Line          int
	Text          string // "what to write"
}

// String returns the function as a reader calls it: "func (Chapter) Open".
func (f Function) String() string {
	if f.Receiver == "" {
		return "func " + f.Name
	}
	return "func (" + f.Receiver + ") " + f.Name
}

// Exported reports whether the function can be used outside its package.
func (f Function) Exported() bool {
	return ast.IsExported(f.Name) && (f.Receiver == "" || ast.IsExported(f.Receiver))
}

// Functions returns the functions in the Go files of a folder, tests excepted, in
// the order of files and lines. After an error, of a file that could not be read
// or parsed say, they are those that were found.
func Functions(folder string) ([]Function, error) {
	files, err := GoFiles(folder, false)
	var functions []Function
	for _, file := range files {
		found, fileErr := FileFunctions(file, nil)
		functions = append(functions, found...)
		if err == nil {
			err = fileErr
		}
	}
	return functions, err
}

// FileFunctions returns the functions in one file, whose text is src unless that is
// nil.
func FileFunctions(file string, src []byte) ([]Function, error) {
	if src == nil {
		read, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		src = read
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, src, parser.ParseComments|parser.SkipObjectResolution)
	if tree == nil {
		return nil, err
	}
	var functions []Function
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			read := readFunction(filepath.Base(file), set, tree, f)
			if read.End < read.Begin { // it has a syntax error, and its end was not found
				read.End, read.LastLine = len(src), set.File(tree.Pos()).LineCount()
			}
			read.Text = string(src[read.Begin:read.End])
			functions = append(functions, read)
		}
	}
	return functions, err
}

func readFunction(file string, set *token.FileSet, tree *ast.File, f *ast.FuncDecl) Function {
	at := func(p token.Pos) token.Position { return set.Position(p) }
	found := Function{
		File: file, Name: f.Name.Name, Line: at(f.Name.Pos()).Line,
		Begin: at(f.Pos()).Offset, Start: at(f.Pos()).Offset, End: at(f.End()).Offset, LastLine: at(f.End()).Line,
		Receiver: Receiver(f), Blank: isBlank(f.Body), Calls: calls(f.Body),
	}
	if f.Doc != nil {
		found.Begin = at(f.Doc.Pos()).Offset
	}
	for _, group := range tree.Comments {
		if f.Body.Pos() < group.Pos() && group.End() <= f.Body.End() {
			found.Markers = append(found.Markers, markers(group, at)...)
		}
	}
	return found
}

var todo = regexp.MustCompile(`TODO\(step ([0-9]+)\.([0-9]+)\): (\S.*)`)

// markers returns the markers in a group of comments. What follows one, up to the
// next, belongs to its text.
func markers(group *ast.CommentGroup, at func(token.Pos) token.Position) []Marker {
	var found []Marker
	for _, c := range group.List {
		for i, line := range strings.Split(c.Text, "\n") {
			if m := todo.FindStringSubmatch(line); m != nil {
				chapter, _ := strconv.Atoi(m[1])
				step, _ := strconv.Atoi(m[2])
				found = append(found, Marker{Chapter: chapter, Step: step, Line: at(c.Pos()).Line + i, Text: strings.TrimRight(m[3], "/* \t")})
			} else if text := strings.Trim(line, "/* \t"); len(found) > 0 && text != "" {
				found[len(found)-1].Text += " " + text
			}
		}
	}
	return found
}

// calls returns the names of what is called in a body, each once.
func calls(body *ast.BlockStmt) []string {
	var names []string
	seen := make(map[string]bool)
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		var name string
		switch f := call.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
		return true
	})
	return names
}

// Receiver returns the name of the type of a method's receiver; "" for a function.
func Receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	return baseType(f.Recv.List[0].Type)
}

// baseType returns the name of a method's receiver type.
func baseType(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return baseType(x.X)
	case *ast.IndexExpr:
		return baseType(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// isBlank reports whether a body does nothing but return zero values.
func isBlank(code *ast.BlockStmt) bool {
	for _, statement := range code.List {
		r, ok := statement.(*ast.ReturnStmt)
		if !ok {
			return false
		}
		for _, result := range r.Results {
			if !isZero(result) {
				return false
			}
		}
	}
	return true
}

func isZero(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return x.Value == "0" || x.Value == `""`
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "false"
	case *ast.CompositeLit:
		return len(x.Elts) == 0
	}
	return false
}

// Edited returns the functions of the stub that somebody has begun to write: those
// whose bodies do more than return zero values. A stub with none is untouched.
func (c Chapter) Edited() ([]string, error) {
	functions, err := Functions(c.StubFolder())
	var edited []string
	for _, f := range functions {
		if !f.Blank {
			edited = append(edited, f.File+": "+f.String())
		}
	}
	return edited, err
}

// Marker returns the function's first marker for a step, if it has one.
func (f Function) Marker(step int) (Marker, bool) {
	for _, m := range f.Markers {
		if m.Step == step {
			return m, true
		}
	}
	return Marker{}, false
}
