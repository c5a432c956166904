// Package lay compiles a chapter's tests with a stand-in in the chapter's place. The packages
// for that are there in the toolchain's overlay only: no file of the workbook changes.
package lay

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"tcpworkbook/kit/workbook"
)

// Layout lays files over a folder of the workbook.
type Layout struct {
	Folder  string            // an absolute path
	Scratch string            // where the files are written
	Overlay map[string]string // file → the file that the toolchain is to read instead; "": none
}

// New begins a layout over a folder.
func New(folder, scratch string) *Layout {
	return &Layout{folder, scratch, make(map[string]string)}
}

// Write writes a file that the toolchain sees in a folder below.
func (l *Layout) Write(folder, name, text string) error {
	to := filepath.Join(l.Scratch, folder)
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	to = filepath.Join(to, name)
	l.Overlay[filepath.Join(l.Folder, folder, name)] = to
	return os.WriteFile(to, []byte(text), 0o666)
}

// Tests lays a chapter's tests into a folder below, and has the stand-in's Main run before
// their TestMain. It returns the name of their package.
func (l *Layout) Tests(c workbook.Chapter, folder string) (name string, err error) {
	files, err := workbook.GoFiles(c.StubFolder(), true)
	if err != nil {
		return "", err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		name = tree.Name.Name
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "TestMain" {
				at := set.Position(f.Name.Pos()).Offset
				text = slices.Concat(text[:at], []byte("testMain"), text[at+len("TestMain"):])
			}
		}
		if err := l.Write(folder, filepath.Base(file), string(text)); err != nil {
			return "", err
		}
	}
	return name, l.Write(folder, "main_standin_test.go", "package "+name+`

import (
	"testing"

	"tcpworkbook/kit/standin"
)

func TestMain(m *testing.M) { standin.Main(m, testMain) }
`)
}

// Compile compiles the tests of a package, "." for that in the folder itself, into a program
// with this name. The error has the compiler's words.
func (l *Layout) Compile(of, program string, more ...string) error {
	overlay, err := json.Marshal(map[string]any{"Replace": l.Overlay})
	if err != nil {
		return err
	}
	list := filepath.Join(l.Scratch, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o666); err != nil {
		return err
	}
	// No vetting, no optimising, no symbols: it is compiled to be run once.
	arguments := append([]string{
		"test", "-c", "-vet=off", "-gcflags=" + of + "/...=-l -N -dwarf=false", "-ldflags=-s -w",
		"-overlay=" + list, "-o", program,
	}, more...)
	build := exec.Command("go", append(arguments, of)...)
	build.Dir = l.Folder
	build.Env = append(os.Environ(), "GOGC=off") // compiler and linker end before it would pay to collect
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("it does not compile: %w\n%s", err, out)
	}
	return nil
}
