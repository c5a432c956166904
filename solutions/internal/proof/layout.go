package proof

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions/internal/schemata"
)

// The folders of a [StandIn]'s packages, in the solution's: in the chapter's place with the
// tests, and the reference with all mistakes. They are there in the overlay only.
const (
	placeFolder    = "standin"
	mistakesFolder = "standin/mistakes"
)

// layout lays out a [StandIn]'s packages.
type layout struct {
	Chapter
	solution string            // the import path of the solution's folder
	scratch  string            // where the files are written
	overlay  map[string]string // like [Program]'s
}

func newLayout(c Chapter, scratch string) (*layout, error) {
	list := exec.Command("go", "list", "-find")
	list.Dir = c.SolutionFolder()
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w", list.Dir, err)
	}
	return &layout{c, strings.TrimSpace(string(out)), scratch, make(map[string]string)}, nil
}

// write writes a file that the toolchain sees in a folder of the solution's.
func (l *layout) write(folder, name, text string) error {
	to := filepath.Join(l.scratch, folder)
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	to = filepath.Join(to, name)
	l.overlay[filepath.Join(l.SolutionFolder(), folder, name)] = to
	return os.WriteFile(to, []byte(text), 0o666)
}

// layTests lays out the tests, and has the stand-in's Main run before their TestMain. It
// returns the name of their package.
func (l *layout) layTests() (name string, err error) {
	files, err := workbook.GoFiles(l.StubFolder(), true)
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
		if err := l.write(placeFolder, filepath.Base(file), string(text)); err != nil {
			return "", err
		}
	}
	return name, l.write(placeFolder, "main_standin_test.go", "package "+name+`

import (
	"testing"

	"tcpworkbook/kit/standin"
)

func TestMain(m *testing.M) { standin.Main(m, testMain) }
`)
}

// version is the reference with something changed in it.
type version interface {
	name() string // in the program
	Apply(folder string) (changed map[string]string, err error)
}

// mistake is a mistake of the catalogue as a version.
type mistake struct{ workbook.Mistake }

func (m mistake) name() string { return "mistake " + m.Slug }

// layVersions lays out the reference with all its versions. It returns the names of those
// that are in it, by the numbers that choose them, and why the others are not.
func layVersions[V version](l *layout, all []V) (made map[int]string, left map[string]error, err error) {
	made, left = make(map[int]string), make(map[string]error)
	reference, err := schemata.Read(l.SolutionFolder(), schemata.Imports(l.SolutionFolder()))
	if err != nil {
		return nil, nil, err
	}
	for _, v := range all {
		changed, err := v.Apply(l.SolutionFolder())
		if err != nil {
			left[v.name()] = err
			continue
		}
		number, err := reference.Add(changed)
		if err != nil {
			left[v.name()] = err
			continue
		}
		made[number] = v.name()
	}
	files, without, err := reference.Weave()
	if err != nil {
		return nil, nil, err
	}
	for number, err := range without {
		left[made[number]] = err
		delete(made, number)
	}
	for name, text := range files {
		if err := l.write(mistakesFolder, name, text); err != nil {
			return nil, nil, err
		}
	}
	return made, left, nil
}
