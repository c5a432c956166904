// Package pristine holds a copy of every chapter's untouched stub, so that a
// learner can have it back without git and without a network, and so that it is
// known which function belongs to which step after its TODO comment is gone.
//
// The copies are in step with the chapters as long as these are untouched;
// "go generate ./cmd/lab/internal/pristine" makes them anew, and a test says when
// it has to.
package pristine

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"tcpworkbook/kit/workbook"
)

//go:generate go run ./generate

// Suffix ends the names of the copies, so that the toolchain does not take them
// for code.
const Suffix = ".stub"

// Stubs returns the copies in the workbook in folder root, each chapter's in a
// folder of its own: 02-handshake/open.go.stub.
func Stubs(root string) fs.FS {
	return os.DirFS(filepath.Join(root, "cmd", "lab", "internal", "pristine", "stubs"))
}

// File is a file of an untouched stub.
type File struct {
	Name string // "open.go"
	Text []byte
}

// Files returns the untouched stub of a chapter, none when all has no such
// chapter.
func Files(all fs.FS, chapter string) ([]File, error) {
	entries, err := fs.ReadDir(all, chapter)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var files []File
	for _, e := range entries {
		name, isCopy := strings.CutSuffix(e.Name(), Suffix)
		if !isCopy {
			continue
		}
		text, err := fs.ReadFile(all, path.Join(chapter, e.Name()))
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: name, Text: text})
	}
	return files, err
}

// Functions returns the functions of a chapter's untouched stub.
func Functions(all fs.FS, chapter string) ([]workbook.Function, error) {
	files, err := Files(all, chapter)
	if err != nil {
		return nil, err
	}
	var functions []workbook.Function
	for _, f := range files {
		found, err := workbook.FileFunctions(f.Name, f.Text)
		if err != nil {
			return nil, err
		}
		functions = append(functions, found...)
	}
	return functions, nil
}
