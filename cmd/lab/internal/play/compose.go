package play

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"text/template"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/workbook"
)

// The folder of the program behind the page, from the workbook's.
const programFolder = "cmd/lab/internal/play/program"

// A part is a chapter of the program's.
type part struct {
	workbook.Chapter
	Field string // which of stack.Chapters it is
	Mine  bool   // it is the learner's, and not the reference's
	State string // "whole"; of a chapter that the learner works on, "unfinished"; of one for which the reference stands in, "broken" or "untouched"
}

// Whose returns whose the chapter is, as the page calls it.
func (p part) Whose() string {
	if p.Mine {
		return "mine"
	}
	return "ref"
}

// composition is what takes the place of the program's chapters.go.
var composition = template.Must(template.New("chapters.go").Parse(`//go:build js && wasm

package main

import (
	"tcpworkbook/kit/stack"
{{range .}}{{if .Mine}}
	chapter{{.Number}} "tcpworkbook/chapters/{{.Name}}"{{end}}{{end}}
)

type built struct {
	Chapters []chapter ` + "`json:\"chapters\"`" + `
}

type chapter struct {
	N     int    ` + "`json:\"n\"`" + `
	Name  string ` + "`json:\"name\"`" + `
	Whose string ` + "`json:\"whose\"`" + `
	State string ` + "`json:\"state\"`" + `
}

func mine() stack.Chapters {
	return stack.Chapters{ {{range .}}{{if .Mine}}
		{{.Field}}: chapter{{.Number}}.Chapter{},{{end}}{{end}}
	}
}

var build = built{[]chapter{ {{range .}}
	{ {{.Number}}, {{printf "%q" .Subject}}, {{printf "%q" .Whose}}, {{printf "%q" .State}} },{{end}}
}}
`))

// parts returns the chapters as the program will have them; all of them the learner's, if
// mine.
func parts(chapters []workbook.Chapter, mine bool) ([]part, error) {
	fields := reflect.TypeFor[stack.Chapters]()
	var all []part
	for _, c := range chapters {
		if c.Number < 1 || c.Number > fields.NumField() {
			return nil, fmt.Errorf("a TCP has no chapter %d", c.Number)
		}
		all = append(all, part{Chapter: c, Field: fields.Field(c.Number - 1).Name, Mine: mine, State: "whole"})
	}
	return all, nil
}

// overlay writes a chapters.go with these parts into the folder scratch, and the file
// that has the toolchain read it instead of the program's own.
func overlay(root string, parts []part, scratch string) (file string, err error) {
	var text bytes.Buffer
	if err := composition.Execute(&text, parts); err != nil {
		return "", err
	}
	source, err := format.Source(text.Bytes())
	if err != nil {
		return "", err
	}
	composed := filepath.Join(scratch, "chapters.go")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, filepath.FromSlash(programFolder), "chapters.go"): composed,
	}})
	if err != nil {
		return "", err
	}
	file = filepath.Join(scratch, "overlay.json")
	return file, errors.Join(os.WriteFile(composed, source, 0o666), os.WriteFile(file, list, 0o666))
}

// broken returns which parts the compiler complains about, by what it printed: it names a
// package before what is wrong with it.
func broken(parts []part, printed string) (which []int) {
	for i, p := range parts {
		if p.Mine && strings.Contains(printed, "# tcpworkbook/"+workbook.Stubs+"/"+p.Name+"\n") {
			which = append(which, i)
		}
	}
	return which
}
