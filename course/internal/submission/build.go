// Package submission makes a program of what a student has handed in: a process that a
// chapter's tests call through a pipe, see kit/remote.
//
// In its module there is the vocabulary that a chapter uses, the far side of the pipe, the
// student's files, and a main that is the same for all. Neither the reference nor what tests
// are written with is there, so they cannot be imported.
package submission

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/workbook"
)

// Builder builds programs of submissions to a chapter. Its methods may be called by several
// goroutines.
type Builder struct {
	Root    string // the workbook
	Chapter workbook.Chapter
}

// Program is a submission that was built.
type Program struct {
	Binary string // linked statically
	Folder string // where the student's files lie
}

// BuildError says why a submission does not compile.
type BuildError struct {
	Output string // the compiler's words, of the student's files and lines
	Limit  string // "memory" or "time" if the compiler has used up all that it may; else ""
}

func (e *BuildError) Error() string {
	if e.Limit != "" {
		return "it does not compile within the limits: " + e.Limit
	}
	return "it does not compile:\n" + e.Output
}

// What the compiler may use. A chapter takes a hundredth of the time, and a tenth of the rest.
const mostTime = 5 * time.Minute // on a machine that has much else to do

var compiling = sandbox.Limits{
	Memory: 2 << 30, CPU: 30 * time.Second, FileSize: 256 << 20, OpenFiles: 1024,
}

// collecting has compiler and linker collect garbage late, which saves a fourth of what they take,
// and as often as ever where the memory that they may have comes to its end.
var collecting = []string{"GOGC=400", "GOMEMLIMIT=1GiB"}

// given are the packages of the workbook that are in a submission's module.
var given = []string{"kit/tcp", "kit/remote/frame", "kit/remote/serve", "kit/remote/serve/early"}

// folder is where a submission's own packages are. The toolchain initialises packages in the
// order of their paths, and this one comes after those that are given.
const folder = "submission"

// Build builds the program in an empty folder, which it needs as long as the program does. The
// files must have passed their Check.
func (b Builder) Build(ctx context.Context, files handin.Files, dir string) (Program, error) {
	if refused := files.Check(); len(refused) > 0 {
		return Program{}, fmt.Errorf("%v: nobody has checked it", refused[0])
	}
	p := Program{
		Binary: filepath.Join(dir, "chapter.exe"),
		Folder: filepath.Join(dir, folder, workbook.Stubs, b.Chapter.Name),
	}
	if err := b.write(files, dir, p.Folder); err != nil {
		return Program{}, err
	}
	command, err := sandbox.Limited(compiling, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags=-s -w", "-o", p.Binary, "./"+folder)
	if err != nil {
		return Program{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	compiler := exec.CommandContext(ctx, command[0], command[1:]...)
	compiler.Dir = dir
	compiler.Env = slices.Concat(os.Environ(), collecting, []string{"GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off",
		"GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOEXPERIMENT=", "GO111MODULE=on", "GOMAXPROCS=2"})
	own(compiler)
	compiler.WaitDelay = time.Second
	out, err := compiler.CombinedOutput()
	return p, b.explain(ctx, out, err)
}

// write writes the module.
func (b Builder) write(files handin.Files, dir, chapter string) error {
	for _, g := range given {
		if err := copySources(filepath.Join(b.Root, filepath.FromSlash(g)), filepath.Join(dir, filepath.FromSlash(g))); err != nil {
			return err
		}
	}
	kind, err := b.kind()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(chapter, 0o777); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(chapter, name), text, 0o666); err != nil {
			return err
		}
	}
	main := fmt.Sprintf(`// Package main is a submission.
package main

import (
	"tcpworkbook/kit/remote/serve"
	_ "tcpworkbook/kit/remote/serve/early"
	chapter "tcpworkbook/%s/%s/%s"
)

func main() { serve.%s(chapter.Chapter{}) }
`, folder, workbook.Stubs, b.Chapter.Name, kind)
	return errors.Join(
		os.WriteFile(filepath.Join(dir, folder, "main.go"), []byte(main), 0o666),
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module tcpworkbook\n\ngo 1.25.0\n"), 0o666),
	)
}

// kind is the name of what the chapter implements in package stack.
func (b Builder) kind() (string, error) {
	fields := reflect.VisibleFields(reflect.TypeFor[stack.Chapters]())
	if n := b.Chapter.Number; n < 1 || n > len(fields) {
		return "", fmt.Errorf("there is no chapter %d", n)
	}
	return fields[b.Chapter.Number-1].Type.Name(), nil
}

// copySources copies a package.
func copySources(from, to string) error {
	files, err := workbook.GoFiles(from, false)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%w: there is no package in %s", fs.ErrNotExist, from)
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// mostOutput is how much of the compiler's words are kept, bytes.
const mostOutput = 8 << 10

// explain makes an error of what the compiler said.
func (b Builder) explain(ctx context.Context, out []byte, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &BuildError{Limit: "time"}
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &exit):
		return err
	case bytes.Contains(out, []byte("out of memory")) || bytes.Contains(out, []byte("cannot allocate memory")):
		return &BuildError{Limit: "memory"}
	case bytes.Contains(out, []byte("signal: CPU time limit exceeded")) || bytes.Contains(out, []byte("signal: killed")):
		return &BuildError{Limit: "time"}
	}
	text := string(out[:min(len(out), mostOutput)])
	var lines []string
	for line := range strings.Lines(strings.ToValidUTF8(text, "?")) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "# ") {
			continue // the package's name
		}
		line = strings.TrimPrefix(line, path.Join(folder, workbook.Stubs, b.Chapter.Name)+"/")
		lines = append(lines, workbook.Printable(line))
	}
	return &BuildError{Output: strings.Join(lines, "\n")}
}
