package schemata

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// edit replaces a part of a file's text.
type edit struct {
	from, to int
	text     string
}

// apply makes the edits in a text, which begins at an offset of its file.
func apply(text string, offset int, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	for _, e := range edits {
		b.WriteString(text[:e.from-offset])
		b.WriteString(e.text)
		text, offset = text[e.to-offset:], e.to
	}
	b.WriteString(text)
	return b.String()
}

// choice has a function begin with a switch that calls the copies that versions have of
// it. No line is added: what follows stays at its place.
func choice(s *source, f *ast.FuncDecl, numbers []int) []edit {
	var edits []edit
	n := 0
	// named returns the name of a parameter, and gives it one where it has none.
	named := func(field *ast.Field, i int) string {
		n++
		name := fmt.Sprintf("parameter%d", n)
		switch {
		case field.Names == nil:
			at := s.offset(field.Type.Pos())
			edits = append(edits, edit{at, at, name + " "})
		case field.Names[i].Name == "_":
			edits = append(edits, edit{s.offset(field.Names[i].Pos()), s.offset(field.Names[i].End()), name})
		default:
			name = field.Names[i].Name
		}
		return name
	}
	receiver := ""
	if f.Recv != nil {
		receiver = named(f.Recv.List[0], 0) + "."
	}
	var arguments []string
	for _, field := range f.Type.Params.List {
		for i := range max(1, len(field.Names)) {
			argument := named(field, i)
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				argument += "..."
			}
			arguments = append(arguments, argument)
		}
	}
	before, after := "return ", ""
	if f.Type.Results == nil {
		before, after = "", "return; "
	}
	var b strings.Builder
	fmt.Fprintf(&b, " switch %s { ", ChosenVersion)
	for _, number := range numbers {
		call := receiver + f.Name.Name + suffix(number) + "(" + strings.Join(arguments, ", ") + ")"
		fmt.Fprintf(&b, "case %d: %s%s; %s", number, before, call, after)
	}
	b.WriteString("};")
	at := s.offset(f.Body.Lbrace) + 1
	return append(edits, edit{at, at, b.String()})
}
