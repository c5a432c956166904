package schemata

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"tcpworkbook/kit/workbook"
)

// unit is a declaration that is copied as a whole: a function, or what one line of a
// const, var or type declares.
type unit struct {
	source  *source
	node    ast.Node
	keyword string // of a line in a group: "const", which does not stand in it
	names   []*ast.Ident
	key     string // "func (Chapter) Open": the same in all versions
}

// units cuts a file into its units.
func (s *source) units() []*unit {
	var all []*unit
	for _, d := range s.tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			all = append(all, &unit{s, d, "", []*ast.Ident{d.Name}, "func " + receiver(d) + d.Name.Name})
		case *ast.GenDecl:
			all = append(all, s.general(d)...)
		}
	}
	return all
}

// receiver returns "Chapter." for a method of Chapter or *Chapter.
func receiver(f *ast.FuncDecl) string {
	if of := workbook.Receiver(f); of != "" {
		return of + "."
	}
	return ""
}

// general cuts a const, var or type into its lines; only constants that count by iota
// stay together.
func (s *source) general(d *ast.GenDecl) []*unit {
	if d.Tok == token.IMPORT {
		return nil
	}
	whole := &unit{source: s, node: d}
	var lines []*unit
	counts := false
	for _, spec := range d.Specs {
		line := &unit{source: s, node: spec, keyword: d.Tok.String()}
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			line.names = spec.Names
			counts = counts || d.Tok == token.CONST && (spec.Values == nil || mentions(spec, "iota"))
		case *ast.TypeSpec:
			line.names = []*ast.Ident{spec.Name}
		}
		line.key = d.Tok.String() + " " + line.names[0].Name
		whole.names = append(whole.names, line.names...)
		lines = append(lines, line)
	}
	if counts {
		whole.key = lines[0].key
		return []*unit{whole}
	}
	return lines
}

func mentions(n ast.Node, name string) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return true
	})
	return found
}

// text returns the unit as it is written, without its doc comment.
func (u *unit) text() string { return u.source.slice(u.node) }

func (s *source) slice(n ast.Node) string { return s.text[s.offset(n.Pos()):s.offset(n.End())] }

// offset returns where in the text a position is.
func (s *source) offset(p token.Pos) int { return int(p - s.tree.FileStart) }

// signature returns what a function takes and returns, without the parameters' names;
// "" for what is no function.
func (u *unit) signature() string {
	f, ok := u.node.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	var b strings.Builder
	for _, fields := range []*ast.FieldList{f.Recv, f.Type.TypeParams, f.Type.Params, f.Type.Results} {
		b.WriteString("(")
		if fields == nil {
			continue
		}
		for _, field := range fields.List {
			for range max(1, len(field.Names)) {
				fmt.Fprintf(&b, "%s,", u.source.slice(field.Type))
			}
		}
	}
	return b.String()
}
