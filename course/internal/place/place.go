// Package place finds the workbook that the course is given with, and says what it is:
// its chapters, its version, and the digest of what a submission is judged by.
package place

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Workbook is a workbook on disk.
type Workbook struct {
	Root     string // its folder, an absolute path
	Chapters []workbook.Chapter
}

var errNoWorkbook = errors.New("there is no workbook here or in a folder above: call grade inside it, or name it with --workbook")

// Find returns the workbook that a folder lies in.
func Find(folder string) (Workbook, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return Workbook{}, err
	}
	for ; ; folder = filepath.Dir(folder) {
		chapters, err := workbook.Chapters(folder, workbook.Stubs)
		if err == nil && len(chapters) > 0 && exists(filepath.Join(folder, "go.mod")) {
			return Workbook{folder, chapters}, nil
		}
		if folder == filepath.Dir(folder) {
			return Workbook{}, errNoWorkbook
		}
	}
}

// Chapter finds the chapter that somebody means: 3, 03, transfer, 03-transfer.
func (w Workbook) Chapter(meant string) (workbook.Chapter, error) {
	number, err := strconv.Atoi(meant)
	var names []string
	for _, c := range w.Chapters {
		if meant == c.Name || meant == c.Subject() || err == nil && number == c.Number {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return workbook.Chapter{}, fmt.Errorf("there is no chapter %.20q; there are %s", meant, strings.Join(names, ", "))
}

// Files returns the workbook's files in some of its folders, as slash-separated names
// relative to its root, in order. Where the workbook is a git repository they are those
// that git keeps, so that what lies about beside them is not handed out.
func (w Workbook) Files(under ...string) ([]string, error) {
	files, err := w.tracked(under)
	if err != nil {
		files, err = w.walked(under)
	}
	slices.Sort(files)
	return files, err
}

// tracked asks git.
func (w Workbook) tracked(under []string) ([]string, error) {
	if !exists(filepath.Join(w.Root, ".git")) {
		return nil, fs.ErrNotExist
	}
	command := exec.Command("git", append([]string{"ls-files", "-z", "--"}, under...)...)
	command.Dir = w.Root
	out, err := command.Output()
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range strings.Split(string(out), "\x00") {
		if name != "" && exists(filepath.Join(w.Root, filepath.FromSlash(name))) {
			files = append(files, name)
		}
	}
	return files, nil
}

// walked looks on disk.
func (w Workbook) walked(under []string) ([]string, error) {
	var files []string
	for _, u := range under {
		err := fs.WalkDir(os.DirFS(w.Root), u, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) && name == u:
				return nil
			case err != nil:
				return err
			case strings.HasPrefix(path.Base(name), ".") && name != u && d.IsDir():
				return fs.SkipDir
			case d.Type().IsRegular():
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Read returns a file's text, with the ends of lines that git keeps.
func (w Workbook) Read(name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(w.Root, filepath.FromSlash(name)))
	if isText(name) {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	return text, err
}

func isText(name string) bool {
	return slices.Contains([]string{".go", ".md", ".mod", ".sum", ".stub", ".txt", ".html", ".css", ".js", ""}, path.Ext(name))
}

var versionHeading = regexp.MustCompile(`(?m)^## (0|[1-9][0-9]*)\.([0-9.]+)`)

// Version returns the version that CHANGELOG.md begins with, "0.2"; "" when it has none.
func (w Workbook) Version() string {
	text, err := w.Read("CHANGELOG.md")
	m := versionHeading.FindSubmatch(text)
	if err != nil || m == nil {
		return ""
	}
	return strings.TrimPrefix(string(m[0]), "## ")
}

// Judge returns the digest of what a chapter's submissions are judged by: its tests, the
// kit, and the reference of the chapters before it. Two machines with the same digest
// give the same verdict.
func (w Workbook) Judge(c workbook.Chapter) (string, error) {
	files, err := w.JudgeFiles(c)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range files {
		text, err := w.Read(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(text))
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// JudgeFiles returns the names of the files whose digest Judge is.
func (w Workbook) JudgeFiles(c workbook.Chapter) ([]string, error) {
	files, err := w.Files("kit", "solutions", "go.mod", "go.sum")
	if err != nil {
		return nil, err
	}
	tests, err := workbook.GoFiles(c.StubFolder(), true)
	for _, test := range tests {
		files = append(files, c.File(filepath.Base(test)))
	}
	return slices.DeleteFunc(files, func(name string) bool { return !w.judges(c, name) }), err
}

// judges reports whether a file of the kit or of the solutions can change a verdict.
func (w Workbook) judges(c workbook.Chapter, name string) bool {
	top, rest, _ := strings.Cut(name, "/")
	switch {
	case top == workbook.Stubs:
		return true
	case strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/"):
		return false
	case top == workbook.Solutions:
		folder, _, in := strings.Cut(rest, "/")
		return in && path.Ext(name) == ".go" && len(folder) > 2 && folder[2] == '-' && folder < c.Name
	}
	return true
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
