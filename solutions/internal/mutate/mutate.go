// Package mutate makes mistakes that nobody thought of: it changes a Go file in one small
// place, in every way that it knows, one after the other. Most of what comes out is
// wrong, and some test is to notice. What no test notices is right all the same, or shows
// which test is still to be written.
package mutate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// Mutant is a file with one change.
type Mutant struct {
	Name string // of the file
	Line int    // where the change is
	Text string // the file's with the change; every line stands where it stood
}

// swaps are what stands in place of an operator.
var swaps = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.ADD: token.SUB, token.SUB: token.ADD,
	token.LAND: token.LOR, token.LOR: token.LAND, token.MUL: token.QUO, token.QUO: token.MUL,
	token.SHL: token.SHR, token.SHR: token.SHL, token.REM: token.MUL,
	token.OR: token.AND, token.AND: token.OR, token.AND_NOT: token.AND,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.MUL_ASSIGN: token.ADD_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN,
	token.OR_ASSIGN: token.AND_ASSIGN, token.AND_NOT_ASSIGN: token.OR_ASSIGN,
	token.INC: token.DEC, token.DEC: token.INC,
}

// names are what stands in place of a name, of a method, a field, a constant or a
// function of the language's.
var names = map[string]string{
	"Before": "After", "After": "Before", "Less": "LessEq", "LessEq": "Less",
	"Una": "Nxt", "Nxt": "Una", "max": "min", "min": "max",
	"FinWait1": "FinWait2", "FinWait2": "FinWait1", "CloseWait": "LastAck", "LastAck": "CloseWait",
	"TimeWait": "Closed", "Closing": "LastAck", "Established": "CloseWait",
	"true": "false", "false": "true",
}

// file is what the mutants are made of.
type file struct {
	name, text string
	set        *token.FileSet
	mutants    []Mutant
}

// File returns all mutants of a file, in the order of their places. Not all of them need
// compile.
func File(name, text string) ([]Mutant, error) {
	f := &file{name: name, text: text, set: token.NewFileSet()}
	tree, err := parser.ParseFile(f.set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(tree, f.visit)
	return f.mutants, nil
}

// visit adds the mutants of one node.
func (f *file) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.FieldList:
		return false
	case *ast.BinaryExpr:
		f.swap(n.OpPos, n.Op)
		if n.Op == token.LAND || n.Op == token.LOR {
			f.replace(n.Pos(), n.End(), f.slice(n.X))
			f.replace(n.Pos(), n.End(), f.slice(n.Y))
		}
	case *ast.AssignStmt:
		f.swap(n.TokPos, n.Tok)
	case *ast.IncDecStmt:
		f.swap(n.TokPos, n.Tok)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.replace(n.OpPos, n.OpPos+1, "")
		}
	case *ast.IfStmt:
		f.negate(n.Cond)
	case *ast.CallExpr:
		f.call(n)
	case *ast.BasicLit:
		if n.Kind == token.INT {
			f.replace(n.Pos(), n.End(), "("+n.Value+" + 1)")
		}
	case *ast.Ident:
		if other := names[n.Name]; other != "" {
			f.replace(n.Pos(), n.End(), other)
		}
	case *ast.BlockStmt:
		f.remove(n.List)
	case *ast.CaseClause:
		for _, condition := range n.List {
			if _, isName := condition.(*ast.Ident); !isName {
				f.negate(condition) // of a switch without tag: others do not compile
			}
		}
		f.remove(n.Body)
	}
	return true
}

func (f *file) swap(at token.Pos, operator token.Token) {
	if other, known := swaps[operator]; known {
		f.replace(at, at+token.Pos(len(operator.String())), other.String())
	}
}

// plain is how a comparison of sequence numbers reads when it goes wrong where they wrap.
var plain = map[string]string{"Less": " < ", "LessEq": " <= "}

// call has sequence numbers compared as if they were numbers, and one of several bits
// stand for all.
func (f *file) call(n *ast.CallExpr) {
	method, isMethod := n.Fun.(*ast.SelectorExpr)
	if !isMethod || len(n.Args) != 1 {
		return
	}
	x, y := f.slice(method.X), f.slice(n.Args[0])
	_, several := n.Args[0].(*ast.BinaryExpr)
	switch name := method.Sel.Name; {
	case plain[name] != "":
		f.replace(n.Pos(), n.End(), "("+x+plain[name]+y+")")
	case name == "Max":
		f.replace(n.Pos(), n.End(), "max("+x+", "+y+")")
	case name == "Has" && several:
		f.replace(method.Sel.Pos(), method.Sel.End(), "Any")
	case name == "Any" && several:
		f.replace(method.Sel.Pos(), method.Sel.End(), "Has")
	}
}

// negate turns a condition round; those that other mutants turn round are left to them.
func (f *file) negate(condition ast.Expr) {
	switch c := condition.(type) {
	case *ast.BinaryExpr:
		if c.Op == token.EQL || c.Op == token.NEQ {
			return
		}
	case *ast.UnaryExpr:
		return
	}
	f.replace(condition.Pos(), condition.End(), "!("+f.slice(condition)+")")
}

// remove leaves out one statement after the other, where the rest may compile without it.
func (f *file) remove(statements []ast.Stmt) {
	for _, s := range statements {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.DeclStmt, *ast.LabeledStmt, *ast.EmptyStmt:
			continue
		}
		f.replace(s.Pos(), s.End(), "")
	}
}

// replace adds the mutant in which another text stands in a place, on as many lines.
func (f *file) replace(from, to token.Pos, text string) {
	begin, end := f.set.Position(from).Offset, f.set.Position(to).Offset
	lines := strings.Repeat("\n", strings.Count(f.text[begin:end], "\n")-strings.Count(text, "\n"))
	if lines != "" && text != "" {
		text = "(" + lines + text + ")" // a line that ends behind an expression may end the statement
	} else {
		text += lines
	}
	f.mutants = append(f.mutants, Mutant{
		Name: f.name, Line: f.set.Position(from).Line, Text: f.text[:begin] + text + f.text[end:],
	})
}

func (f *file) slice(n ast.Node) string {
	return f.text[f.set.Position(n.Pos()).Offset:f.set.Position(n.End()).Offset]
}
