package mine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"text/template"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/workbook"
)

// composition is what takes the place of chapters.go in a lab that runs the
// learner's chapters.
var composition = template.Must(template.New("chapters.go").Parse(`package mine

import (
	"tcpworkbook/kit/stack"
	"tcpworkbook/solutions"
{{range .}}
	chapter{{.Number}} "tcpworkbook/chapters/{{.Name}}"{{end}}
)

func Chapters() (chapters stack.Chapters, mine []int) {
	chapters = solutions.Chapters(){{range .}}
	chapters.{{.Field}} = chapter{{.Number}}.Chapter{}
	mine = append(mine, {{.Number}}){{end}}
	return chapters, mine
}

const Composed = true
`))

// part is a chapter of the learner's, and the field of stack.Chapters that it is.
type part struct {
	workbook.Chapter
	Field string
}

// compose returns a chapters.go with these chapters of the learner's in it, and the
// reference's for the others.
func compose(mine []workbook.Chapter) ([]byte, error) {
	all := reflect.TypeFor[stack.Chapters]()
	var parts []part
	for _, c := range mine {
		if c.Number < 1 || c.Number > all.NumField() {
			return nil, fmt.Errorf("a TCP has no chapter %d", c.Number)
		}
		parts = append(parts, part{c, all.Field(c.Number - 1).Name})
	}
	var text bytes.Buffer
	if err := composition.Execute(&text, parts); err != nil {
		return nil, err
	}
	return format.Source(text.Bytes())
}

// build compiles a lab with these chapters of the learner's in it, in the folder
// scratch. With overlay, further files are replaced.
func build(ctx context.Context, b *book.Book, mine []workbook.Chapter, scratch string, overlay map[string]string) (program string, err error) {
	text, err := compose(mine)
	if err != nil {
		return "", err
	}
	file := filepath.Join(scratch, "chapters.go")
	replace := map[string]string{filepath.Join(b.Root, "cmd", "lab", "internal", "mine", "chapters.go"): file}
	for from, to := range overlay {
		replace[from] = to
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlayFile := filepath.Join(scratch, "overlay.json")
	err = errors.Join(os.WriteFile(file, text, 0o666), os.WriteFile(overlayFile, list, 0o666))
	if err != nil {
		return "", err
	}
	program = filepath.Join(scratch, "lab")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-overlay="+overlayFile, "-o", program, "./cmd/lab")
	build.Dir = b.Root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return program, nil
}
