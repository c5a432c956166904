package proof

import (
	"maps"
	"os"
	"path"
	"path/filepath"

	"tcpworkbook/kit/standin/lay"
)

// Apart runs each implementation of a chapter in a program of its own, beside whose files
// the tests are laid, as a learner's are. Its methods are [StandIn]'s.
type Apart struct {
	Chapter Chapter
	made    string // the folder of the programs that are compiled already; "" for none
}

// ApartBeforehand compiles the reference's program and those of some mistakes in the folder
// scratch, by one call of the toolchain: several take little longer than one. If one does not
// compile, none is there: then each is compiled when it is run, and says what is wrong with it.
func ApartBeforehand(c Chapter, scratch string, mistakes []Mistake) (Apart, error) {
	all, err := c.Reference()
	if err != nil {
		return Apart{Chapter: c}, err
	}
	for _, m := range mistakes {
		p, err := c.version(mistake{m}, scratch)
		if err != nil {
			return Apart{Chapter: c}, err
		}
		maps.Copy(all.Overlay, p.Overlay)
	}
	l := lay.Layout{Folder: all.Folder, Scratch: scratch, Overlay: all.Overlay}
	if l.Compile("./"+apartFolder+"/...", scratch+string(filepath.Separator)) != nil {
		return Apart{Chapter: c}, nil
	}
	return Apart{Chapter: c, made: scratch}, nil
}

// Reference runs the tests against the reference.
func (a Apart) Reference(flags ...string) (Report, error) {
	return a.run(func(string) (Program, error) {
		p, err := a.Chapter.Reference()
		p.Race = Race
		return p, err
	}, flags...)
}

// Variant runs the tests against the variant in a folder.
func (a Apart) Variant(folder string, flags ...string) (Report, error) {
	return a.run(func(string) (Program, error) {
		p, err := a.Chapter.Variant(folder)
		p.Race = Race
		return p, err
	}, flags...)
}

// Stub runs the tests against the stub.
func (a Apart) Stub(flags ...string) (Report, error) {
	return a.run(func(string) (Program, error) { return a.Chapter.Stub(), nil }, flags...)
}

// Mistake runs the test of that name, "" for all, against the reference with a mistake.
func (a Apart) Mistake(m Mistake, test string) (Report, error) { return a.version(mistake{m}, test) }

func (a Apart) version(v version, test string) (Report, error) {
	return a.run(func(scratch string) (Program, error) { return a.Chapter.version(v, scratch) },
		"-test.run="+only(test))
}

// run makes a program in a folder for it, and runs it.
func (a Apart) run(program func(scratch string) (Program, error), flags ...string) (Report, error) {
	scratch, err := os.MkdirTemp("", "proof")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(scratch)
	p, err := program(scratch)
	if err != nil {
		return Report{}, err
	}
	if made := filepath.Join(a.made, path.Base(p.Package)+".test"); a.made != "" && !p.Race {
		if _, err := os.Stat(made); err == nil {
			return run(made, p.Folder, environment(), flags...)
		}
	}
	return p.Run(scratch, flags...)
}

// MistakeInStorm is [StandIn]'s.
func (a Apart) MistakeInStorm(m Mistake) (caught bool, err error) {
	report, err := a.run(func(scratch string) (Program, error) { return a.Chapter.version(mistake{m}, scratch) },
		"-test.run="+stormTest)
	return !report.Passed, err
}

// only returns the pattern that chooses the test of that name, and all for "".
func only(test string) string {
	if test == "" {
		return ""
	}
	return "^" + test + "$"
}
