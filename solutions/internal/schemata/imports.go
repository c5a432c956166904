package schemata

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Imports returns an importer for the package in a folder. It reads what the toolchain
// has compiled, and is for one goroutine at a time.
func Imports(folder string) types.Importer {
	compiled := make(map[string]string) // import path → file
	list := func(path string) error {
		command := exec.Command("go", "list", "-export", "-deps",
			"-f", "{{.ImportPath}} {{.Export}}", path)
		command.Dir = folder
		var wrong bytes.Buffer
		command.Stderr = &wrong
		out, err := command.Output()
		if err != nil {
			return fmt.Errorf("go list %s: %w\n%s", path, err, wrong.Bytes())
		}
		for line := range strings.Lines(string(out)) {
			if path, file, _ := strings.Cut(strings.TrimSpace(line), " "); file != "" {
				compiled[path] = file
			}
		}
		return nil
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if len(compiled) == 0 {
			if err := list("."); err != nil {
				return nil, err
			}
		}
		if compiled[path] == "" {
			if err := list(path); err != nil {
				return nil, err
			}
		}
		return os.Open(compiled[path])
	})
}
