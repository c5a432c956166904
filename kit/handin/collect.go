// Package handin says what of a learner's folder is handed in: the Go files of one chapter,
// and nothing else. lab submit packs by its rules, and whoever grades judges by them again,
// since a zip may come from anywhere.
//
// What is not taken is either ignored, as tests and lessons are, which everybody has in the
// folder; or refused, since no program that is right needs it, and it can do more than
// compute: symbolic links, assembly, cgo, files embedded, compiler directives, packages
// that are not given.
package handin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a chapter's files may come to. The reference's largest chapter has 15 files and
// 50 KB.
const (
	MostFiles = 50
	MostBytes = 1 << 20
	mostName  = 100 // bytes; systems have limits of their own
)

// Files are a chapter's Go files, tests excepted: the text of each by its base name.
type Files map[string][]byte

// Collected is what of a folder was not taken.
type Collected struct {
	Ignored []string // names of files, and of folders with a slash behind them
	Refused []Refusal
}

// Refusal says why something cannot be handed in.
type Refusal struct {
	File string
	Line int // 0 for the whole file
	Why  string
}

// String returns a line: `open.go:7: imports "unsafe"`.
func (r Refusal) String() string {
	switch {
	case r.File == "":
		return r.Why
	case r.Line == 0:
		return fmt.Sprintf("%s: %s", printable(r.File), r.Why)
	}
	return fmt.Sprintf("%s:%d: %s", printable(r.File), r.Line, r.Why)
}

// foreign are the ends of the names of files that the go command compiles too.
var foreign = []string{".s", ".S", ".sx", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso", ".a", ".o"}

// Collect takes a chapter's Go files from the root of a file system. The error says why
// it could not be read.
func Collect(folder fs.FS) (Files, Collected, error) {
	var found Collected
	files := make(Files)
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, found, err
	}
	refuse := func(name, why string, args ...any) {
		found.Refused = append(found.Refused, Refusal{File: name, Why: fmt.Sprintf(why, args...)})
	}
	size := 0
	for _, e := range entries {
		name := e.Name()
		switch {
		case name == "vendor" || name == "go.work":
			refuse(name, "a chapter brings no packages of its own")
		case e.IsDir():
			found.Ignored = append(found.Ignored, name+"/")
		case !e.Type().IsRegular():
			refuse(name, "is %s, and not a file", kind(e.Type()))
		case slices.Contains(foreign, path.Ext(name)):
			refuse(name, "is not Go")
		case !taken(name):
			found.Ignored = append(found.Ignored, name)
		case len(name) > mostName:
			refuse(fmt.Sprintf("%.60s…", name), "has a name that is too long")
		case len(files) == MostFiles:
			refuse(name, "is one more than the %d files that a chapter may have", MostFiles)
		default:
			text, err := read(folder, name, MostBytes-size)
			switch {
			case errors.Is(err, errTooMuch):
				refuse(name, "the chapter's files have more than %d bytes", MostBytes)
			case err != nil:
				return nil, found, err
			case !utf8.Valid(text):
				refuse(name, "is not UTF-8")
			case strings.ContainsFunc(name, isControl):
				refuse(name, "has a name that cannot be printed")
			default:
				size += len(text)
				files[name] = text
			}
		}
	}
	found.abridge()
	return files, found, nil
}

// mostNamed is how many files are named of those that were not taken.
const mostNamed = 100

// abridge names the first, and says how many more there are.
func (c *Collected) abridge() {
	if more := len(c.Ignored) - mostNamed; more > 0 {
		c.Ignored = append(c.Ignored[:mostNamed], fmt.Sprintf("and %d more", more))
	}
	if more := len(c.Refused) - mostNamed; more > 0 {
		c.Refused = append(c.Refused[:mostNamed], Refusal{Why: fmt.Sprintf("and %d more", more)})
	}
}

// taken reports whether a file is one that the go command would compile into the chapter.
func taken(name string) bool {
	return path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") && name[0] != '.' && name[0] != '_'
}

var errTooMuch = errors.New("too much")

// read reads at most so many bytes.
func read(folder fs.FS, name string, most int) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if len(text) > most {
		return nil, errTooMuch
	}
	return text, err
}

// kind says what a file is that is none.
func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	}
	return "something else"
}

func isControl(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

// printable shows a name that may have anything in it.
func printable(name string) string {
	if strings.ContainsFunc(name, isControl) {
		return fmt.Sprintf("%.80q", name)
	}
	return name
}

// Digest returns the SHA-256 of the files' names and texts.
func (f Files) Digest() string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(sum, "%q %d\n", name, len(f[name]))
		sum.Write(f[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}
