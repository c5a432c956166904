package generate

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
	"text/template"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the generated files anew")

// generated are the files that are written from kit/stack/chapters.go.
var generated = map[string]*template.Template{
	"../forward.go":                  forwardForm,
	"../../remote/chapters.go":       nearForm,
	"../../remote/serve/chapters.go": farForm,
}

// TestGenerated compares them with what kit/stack asks of the chapters.
func TestGenerated(t *testing.T) {
	asked, err := readChapters(filepath.Join("..", "..", "stack", "chapters.go"))
	require.NoError(t, err)
	for file, form := range generated {
		var text bytes.Buffer
		require.NoError(t, form.Execute(&text, asked))
		want, err := format.Source(text.Bytes())
		require.NoError(t, err, "%s", text.String())
		if *update {
			require.NoError(t, os.WriteFile(file, want, 0o666))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "kit/stack has changed: go generate ./kit/standin/generate")
	}
}

// chapter is an interface of package stack, and method a method of it.
type (
	chapter struct {
		Name    string
		Methods []*method
	}
	method struct {
		Chapter, Name   string
		Number          int    // among those of all chapters
		Signature       string // as it is written, without func
		Params, Results []value
	}
	value struct{ Name, Type string }
)

// readChapters reads the interfaces in a file.
func readChapters(file string) (all []*chapter, err error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	number := 0
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		methods, ok := spec.Type.(*ast.InterfaceType)
		if !ok {
			return true
		}
		c := &chapter{Name: spec.Name.Name}
		for _, field := range methods.Methods.List {
			signature := field.Type.(*ast.FuncType)
			m := &method{
				Chapter: c.Name, Name: field.Names[0].Name, Number: number,
				Signature: strings.TrimPrefix(written(set, signature), "func"),
				Params:    values(set, signature.Params), Results: values(set, signature.Results),
			}
			c.Methods = append(c.Methods, m)
			number++
		}
		all = append(all, c)
		return true
	})
	return all, nil
}

func written(set *token.FileSet, n ast.Node) string {
	var b strings.Builder
	format.Node(&b, set, n)
	return b.String()
}

// values lists parameters or results; one without a name gets one.
func values(set *token.FileSet, fields *ast.FieldList) (all []value) {
	if fields == nil {
		return nil
	}
	for _, field := range fields.List {
		of := written(set, field.Type)
		if field.Names == nil {
			all = append(all, value{fmt.Sprintf("result%d", len(all)+1), of})
		}
		for _, name := range field.Names {
			all = append(all, value{name.Name, of})
		}
	}
	return all
}

// Arguments are a call's.
func (m *method) Arguments() string {
	var names []string
	for _, p := range m.Params {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// FarArguments are the same where the segment is a variable.
func (m *method) FarArguments() string {
	var names []string
	for _, p := range m.Params {
		if p.Type == "*tcp.Segment" {
			p.Name = "&" + p.Name
		}
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// Declared are the results with names, and Assigned are the names.
func (m *method) Declared() string {
	var all []string
	for _, r := range m.Results {
		all = append(all, r.Name+" "+r.Type)
	}
	if len(all) == 0 {
		return ""
	}
	return "(" + strings.Join(all, ", ") + ")"
}

func (m *method) Assigned() string {
	var names []string
	for _, r := range m.Results {
		names = append(names, r.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ") + " = "
}

// Taken is the signature's first half.
func (m *method) Taken() string {
	var all []string
	for _, p := range m.Params {
		all = append(all, p.Name+" "+p.Type)
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// Visit is how a message visits the value.
func (v value) Visit() string {
	visits := map[string]string{
		"*tcp.Table": "Table", "*tcp.TCB": "TCB", "*tcp.Segment": "Segment", "tcp.Segment": "Segment",
		"tcp.FourTuple": "FourTuple", "tcp.Seq": "Seq", "tcp.Timer": "Timer", "netip.AddrPort": "AddrPort",
		"time.Time": "Time", "[16]byte": "Secret", "uint16": "Uint16", "bool": "Bool", "error": "Error",
	}
	name := visits[v.Type]
	if name == "" {
		panic("no message visits a " + v.Type)
	}
	return name
}

// At is how the near side has the value visited.
func (v value) At() string {
	if v.Type == "*tcp.Segment" {
		return v.Name
	}
	return "&" + v.Name
}

// Variable is the type of the far side's variable.
func (v value) Variable() string {
	if v.Type == "*tcp.Segment" {
		return "tcp.Segment"
	}
	return v.Type
}

// Reached is how the far side watches over what the value leads to; "" for a plain value.
func (v value) Reached() string {
	switch v.Type {
	case "*tcp.TCB":
		return "r.out.Reach(" + v.Name + ")"
	case "*tcp.Table":
		return "r.out.ReachTable(" + v.Name + ")"
	}
	return ""
}

func (v value) IsSegment() bool { return v.Type == "*tcp.Segment" }

func form(text string) *template.Template {
	return template.Must(template.New("").Parse(
		"// Code generated from kit/stack/chapters.go by go generate; DO NOT EDIT.\n\n" + text))
}

var forwardForm = form(`package standin

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)
{{range .}}
// {{.Name}} forwards to the [stack.{{.Name}}] that was chosen.
type {{.Name}} struct{}

var _ stack.{{.Name}} = {{.Name}}{}
{{range .Methods}}
// {{.Name}} is [stack.{{.Chapter}}]'s.
func ({{.Chapter}}) {{.Name}}{{.Signature}} {
	begin()
	defer underway.Add(-1)
	{{if .Results}}return {{end}}chosen.{{.Chapter}}.{{.Name}}({{.Arguments}})
}
{{end}}{{end}}`)

var nearForm = form(`package remote

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Chapters returns the five chapters, of which the command serves one, and what ends its
// process.
func Chapters(c Command) (chapters stack.Chapters, close func()) {
	l := &line{command: c, patience: patience}
	return stack.Chapters{
{{- range .}}
		{{.Name}}: near{{.Name}}{l},
{{- end}}
	}, l.close
}
{{range .}}
type near{{.Name}} struct{ l *line }
{{range .Methods}}
func (n near{{.Chapter}}) {{.Name}}{{.Taken}} {{.Declared}} {
	n.l.begin({{.Number}}, "{{.Name}}")
{{- range .Params}}
	n.l.out.{{.Visit}}({{.At}})
{{- end}}
	n.l.exchange()
{{- range .Params}}{{if .IsSegment}}
	n.l.in.Bring(nil, {{.Name}})
{{- end}}{{end}}
{{- range .Results}}
	n.l.in.{{.Visit}}({{.At}})
{{- end}}
	n.l.end()
{{- if .Results}}
	return
{{- end}}
}
{{end}}{{end}}`)

var farForm = form(`package serve

import (
	"net/netip"
	"time"

	"tcpworkbook/kit/tcp"
)
{{range .}}
// {{.Name}} serves an implementation of stack.{{.Name}}, until the pipe is closed.
func {{.Name}}(c interface {
{{- range .Methods}}
	{{.Name}}{{.Signature}}
{{- end}}
}) {
	run(func(r *request, method byte) {
		switch method {
{{- range .Methods}}
		case {{.Number}}: // {{.Name}}
			var (
{{- range .Params}}
				{{.Name}} {{.Variable}}
{{- end}}
{{- range .Results}}
				{{.Name}} {{.Type}}
{{- end}}
			)
{{- range .Params}}
			r.in.{{.Visit}}(&{{.Name}})
{{- end}}
			r.arrived()
{{- range .Params}}{{if .Reached}}
			{{.Reached}}
{{- end}}{{if .IsSegment}}
			r.note(&{{.Name}})
{{- end}}{{end}}
			r.busy(true)
			{{.Assigned}}c.{{.Name}}({{.FarArguments}})
			r.busy(false)
{{- range .Params}}{{if .IsSegment}}
			r.bring()
{{- end}}{{end}}
{{- range .Results}}
			r.out.{{.Visit}}(&{{.Name}})
{{- end}}
{{- end}}
		default:
			r.unknown(method)
		}
	})
}
{{end}}`)
