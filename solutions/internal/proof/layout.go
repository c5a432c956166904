package proof

import (
	"fmt"
	"os/exec"
	"strings"

	"tcpworkbook/kit/standin/lay"
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
	*lay.Layout
	solution string // the import path of the solution's folder
}

func newLayout(c Chapter, scratch string) (*layout, error) {
	list := exec.Command("go", "list", "-find")
	list.Dir = c.SolutionFolder()
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w", list.Dir, err)
	}
	return &layout{c, lay.New(c.SolutionFolder(), scratch), strings.TrimSpace(string(out))}, nil
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
		if err := l.Write(mistakesFolder, name, text); err != nil {
			return nil, nil, err
		}
	}
	return made, left, nil
}
