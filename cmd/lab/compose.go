package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"text/template"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/workbook"
)

// composition is what takes the place of chapters.go in a lab that runs the
// learner's chapters.
var composition = template.Must(template.New("chapters.go").Parse(`package main

import (
	"tcpworkbook/kit/stack"
	"tcpworkbook/solutions"
{{range .}}
	chapter{{.Number}} "tcpworkbook/chapters/{{.Name}}"{{end}}
)

func ours() (chapters stack.Chapters, mine []int) {
	chapters = solutions.Chapters(){{range .}}
	chapters.{{.Field}} = chapter{{.Number}}.Chapter{}
	mine = append(mine, {{.Number}}){{end}}
	return chapters, mine
}

const composed = true
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

// runMine runs lab with these arguments once more, as a program that has in it
// those chapters of the learner's whose tests all pass.
func runMine(ctx context.Context, t *terminal.Terminal, args []string) int {
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	results, err := book.Check(ctx, t, b.Chapters)
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	var mine []workbook.Chapter
	for _, r := range results {
		if r.Complete() {
			mine = append(mine, r.Chapter)
		}
	}
	scratch, err := os.MkdirTemp("", "lab")
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	defer os.RemoveAll(scratch)
	t.Passing(t.Say("putting your chapters together …"))
	program, err := build(ctx, b, mine, scratch, nil)
	t.Passing("")
	if err != nil {
		return t.Failed("lab: your chapters could not be put together: %v", err)
	}
	return runProgram(ctx, t, program, args)
}

// build compiles a lab with these chapters of the learner's in it, in the folder
// scratch. With overlay, further files are replaced.
func build(ctx context.Context, b *book.Book, mine []workbook.Chapter, scratch string, overlay map[string]string) (program string, err error) {
	text, err := compose(mine)
	if err != nil {
		return "", err
	}
	file := filepath.Join(scratch, "chapters.go")
	replace := map[string]string{filepath.Join(b.Root, "cmd", "lab", "chapters.go"): file}
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

// runProgram runs a program with lab's own input and output. If it dies, a few
// lines say why instead of the runtime's many.
func runProgram(ctx context.Context, t *terminal.Terminal, program string, args []string) int {
	command := exec.CommandContext(ctx, program, args...)
	command.Stdin, command.Stdout = os.Stdin, t.Out
	lastWords := &bytes.Buffer{}
	command.Stderr = lastWords
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 2 * time.Second // for one that hears no interrupt
	err := command.Run()
	if says := check.CauseOfEnd(lastWords.String()); says != "" {
		return t.Failed("lab: %s", strings.TrimRight(says, "\n"))
	}
	io.Copy(t.Err, lastWords)
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed) && failed.ExitCode() > 0:
		return failed.ExitCode()
	case err != nil && command.ProcessState != nil && command.ProcessState.Success(): // an interrupt was the way to end it
	case err != nil:
		return t.Failed("lab: %v", err)
	}
	return terminal.ExitOK
}

// writeOwners says whose chapters run, where they may be the learner's.
func writeOwners(t *terminal.Terminal) {
	first, rest := owners()
	switch {
	case first == "":
	case first == allMine:
		t.Printf("%s\n", t.Styled("1;32", first))
	default:
		t.Printf("%s%s\n", t.Bold(first), rest)
	}
}

const allMine = "Every chapter is yours: this is your own TCP."

// owners says whose chapters run, in one sentence or two; "" where they can only
// be the reference's.
func owners() (first, rest string) {
	_, mine := ours()
	all := reflect.TypeFor[stack.Chapters]().NumField()
	switch {
	case !composed:
		return "", ""
	case len(mine) == 0:
		return "No chapter is yours yet, so this is the reference's TCP.", ""
	case len(mine) == all:
		return allMine, ""
	}
	var reference []int
	for n := 1; n <= all; n++ {
		if !slices.Contains(mine, n) {
			reference = append(reference, n)
		}
	}
	return "Yours: " + numbers(mine) + ".", " The reference's: " + numbers(reference) + "."
}

// missing says which chapters nobody is there to run, where the workbook was handed
// out without some of its solutions; "" when there is somebody for each.
func missing() string {
	chapters, _ := ours()
	var none []int
	for i, all := 0, reflect.ValueOf(chapters); i < all.NumField(); i++ {
		if all.Field(i).IsNil() {
			none = append(none, i+1)
		}
	}
	if len(none) == 0 {
		return ""
	}
	how := "lab runs yours with --mine, once every step is done"
	if composed {
		how = "yours are not finished"
	}
	return "nobody is there to run " + numbers(none) + ": this copy has no reference for them, and " + how
}

// numbers writes "chapter 2" or "chapters 1, 2 and 4".
func numbers(chapters []int) string {
	var words []string
	for _, n := range chapters {
		words = append(words, fmt.Sprint(n))
	}
	last := len(words) - 1
	if last == 0 {
		return "chapter " + words[0]
	}
	return "chapters " + strings.Join(words[:last], ", ") + " and " + words[last]
}
