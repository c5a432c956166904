package proof

import (
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"text/template"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/schemata"
)

// place is what the package in the chapter's place is written from.
type place struct {
	Name            string // of the tests' package
	Kind            string // the interface of package stack that the chapter implements
	Implementations []implementation
	Mistakes        string         // the import path of the package with all mistakes
	Made            map[int]string // the names of the mistakes, by ChosenVersion
	ChosenVersion   string
}

// implementation is a package that the stand-in can forward to.
type implementation struct{ Name, Path string }

var placeForm = template.Must(template.New("").Parse(`package {{.Name}}

import (
	"tcpworkbook/kit/standin"
{{- if .Made}}
	mistakes {{printf "%q" .Mistakes}}
{{- end}}
{{- range $i, $p := .Implementations}}
	p{{$i}} {{printf "%q" $p.Path}}
{{- end}}
)

type Chapter = standin.{{.Kind}}

func init() {
{{- range $i, $p := .Implementations}}
	standin.Offer({{printf "%q" $p.Name}}, p{{$i}}.Chapter{}, nil)
{{- end}}
{{- range $number, $name := .Made}}
	standin.Offer({{printf "%q" $name}}, mistakes.Chapter{}, func() {
		mistakes.{{$.ChosenVersion}} = {{$number}}
	})
{{- end}}
}
`))

// layPlace lays out the package in the chapter's place, whose name is the tests'. It
// forwards to the implementations, and to the mistakes that were made.
func (l *layout) layPlace(name string, made map[int]string) error {
	kind, err := l.kind()
	if err != nil {
		return err
	}
	all, err := l.implementations()
	if err != nil {
		return err
	}
	var text strings.Builder
	err = placeForm.Execute(&text, place{
		Name: name, Kind: kind, Implementations: all,
		Mistakes: path.Join(l.solution, mistakesFolder), Made: made,
		ChosenVersion: schemata.ChosenVersion,
	})
	if err != nil {
		return err
	}
	return l.Write(placeFolder, "standin.go", text.String())
}

// implementations returns the reference, the variants and, while it is untouched, the
// stub: one that a learner works on may not compile.
func (l *layout) implementations() ([]implementation, error) {
	all := []implementation{{referenceName, l.solution}}
	if edited, err := l.Edited(); err == nil && len(edited) == 0 {
		all = append(all, implementation{stubName, path.Join(l.solution, "../../chapters", l.Name)})
	}
	folders, err := l.VariantFolders()
	for _, folder := range folders {
		of := path.Join(l.solution, "../variants", l.Name, filepath.Base(folder))
		all = append(all, implementation{variantName(folder), of})
	}
	return all, err
}

// kind returns the name of the interface in package stack that the chapter implements:
// the one that has all its methods.
func (l *layout) kind() (string, error) {
	functions, err := workbook.Functions(l.SolutionFolder())
	if err != nil {
		return "", err
	}
	var kinds []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[stack.Chapters]()) {
		foreign := func(f workbook.Function) bool {
			_, has := field.Type.MethodByName(f.Name)
			return f.Receiver == "Chapter" && f.Exported() && !has
		}
		if !slices.ContainsFunc(functions, foreign) {
			kinds = append(kinds, field.Type.Name())
		}
	}
	if len(kinds) != 1 {
		return "", fmt.Errorf("the methods of Chapter are those of %q in package stack, not of one", kinds)
	}
	return kinds[0], nil
}
