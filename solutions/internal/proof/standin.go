package proof

import (
	"encoding/json"
	"errors"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"sync"

	"tcpworkbook/kit/remote"
	"tcpworkbook/kit/standin"
	"tcpworkbook/kit/storm"
	"tcpworkbook/kit/workbook"
)

// StandIn is a chapter's tests in one program with all implementations of the chapter.
// Its methods may be called by several goroutines.
type StandIn struct {
	chapter Chapter
	left    map[string]error // why a mistake or a mutant is not in it, by the name it would have
	binary  string

	elsewhere bool   // the implementations run in another process than the tests
	seed      string // which the tests have; "" for none of this run's own
	mu        sync.Mutex
	idle      []*process
}

// What the implementations are called in the program.
const (
	referenceName = "reference"
	stubName      = "stub"
)

func variantName(folder string) string { return "variant " + filepath.Base(folder) }

// StandIn compiles the chapter's tests, in the folder scratch, with a package in the
// chapter's place that forwards each call to one of these: the reference, the variants,
// the reference with each of the mistakes, and the stub while it is untouched.
func (c Chapter) StandIn(scratch string, mistakes []Mistake, race bool) (*StandIn, error) {
	var versions []mistake
	for _, m := range mistakes {
		versions = append(versions, mistake{m})
	}
	return newStandIn(c, scratch, versions, race)
}

// MutantsStandIn is like StandIn, with mutants instead of the mistakes.
func (c Chapter) MutantsStandIn(scratch string, mutants []Mutant) (*StandIn, error) {
	return newStandIn(c, scratch, mutants, false)
}

func newStandIn[V version](c Chapter, scratch string, versions []V, race bool) (*StandIn, error) {
	l, err := newLayout(c, scratch)
	if err != nil {
		return nil, err
	}
	name, err := l.Tests(c.Chapter, placeFolder)
	if err != nil {
		return nil, err
	}
	made, left, err := layVersions(l, versions)
	if err != nil {
		return nil, err
	}
	if err := l.layPlace(name, made); err != nil {
		return nil, err
	}
	program := Program{
		Folder: c.SolutionFolder(), Package: path.Join(l.solution, placeFolder),
		Overlay: l.Overlay, Race: race,
	}
	binary, err := program.Compile(scratch)
	return &StandIn{chapter: c, left: left, binary: binary}, err
}

// Elsewhere is the same program with the implementations in another process, as a submission
// is when it is graded. It has to be closed too.
func (s *StandIn) Elsewhere() *StandIn {
	return &StandIn{chapter: s.chapter, left: s.left, binary: s.binary, elsewhere: true}
}

// Seeded is the same program with a course's seed: see workbook.SeedVariable. It has to be
// closed too.
func (s *StandIn) Seeded(seed string) *StandIn {
	return &StandIn{chapter: s.chapter, left: s.left, binary: s.binary, seed: seed}
}

// environment is that of the program, with more.
func (s *StandIn) environment(more ...string) []string {
	if s.seed != "" {
		more = append(more, workbook.SeedVariable+"="+s.seed)
	}
	return environment(more...)
}

// Reference runs the tests against the reference.
func (s *StandIn) Reference(flags ...string) (Report, error) {
	return s.run(referenceName, s.chapter.SolutionFolder(), flags...)
}

// Variant runs the tests against the variant in a folder.
func (s *StandIn) Variant(folder string, flags ...string) (Report, error) {
	return s.run(variantName(folder), s.chapter.SolutionFolder(), flags...)
}

// Stub runs the tests against the untouched stub.
func (s *StandIn) Stub(flags ...string) (Report, error) {
	return s.run(stubName, s.chapter.StubFolder(), flags...)
}

// conversations is how many a storm has in another process, where each call of them goes
// through the pipe.
const conversations = "100"

// run runs the tests in a process of their own.
func (s *StandIn) run(name, folder string, flags ...string) (Report, error) {
	chosen := []string{standin.ChosenVariable + "=" + name}
	if s.elsewhere {
		command, err := json.Marshal(remote.Command{
			Arguments: []string{s.binary}, Environ: append(os.Environ(), standin.ServeVariable+"="+name),
		})
		if err != nil {
			return Report{}, err
		}
		chosen = []string{standin.RemoteVariable + "=" + string(command), storm.Variable + "=" + conversations}
	}
	return run(s.binary, folder, s.environment(chosen...), flags...)
}

// Mistake runs the test of that name, "" for all, against the reference with a mistake.
// A mistake that is not in the program is made in another, where the compiler says what is
// wrong with it.
func (s *StandIn) Mistake(m Mistake, test string) (Report, error) {
	name := mistake{m}.name()
	if s.left[name] != nil {
		return Apart{Chapter: s.chapter}.Mistake(m, test)
	}
	return s.ask(standin.Request{Name: name, Run: only(test)})
}

// Mutant runs all tests but the storm against a mutant, and reports whether there is one, for else what
// was changed does not compile, and whether it is caught: a test fails, or the process ends.
func (s *StandIn) Mutant(m Mutant) (caught, is bool, err error) {
	switch why, left := s.left[m.name()]; {
	case !left:
	case errors.As(why, &types.Error{}):
		return false, false, nil
	default: // it cannot stand beside the others
		report, err := Apart{Chapter: s.chapter}.version(m, "")
		return !report.Passed, true, err
	}
	p, err := s.borrow()
	if err != nil {
		return false, true, err
	}
	report, over, err := p.run(standin.Request{Name: m.name(), Skip: stormTest, Hasty: true})
	if err != nil || over.Spent {
		p.stop()
		return true, true, nil
	}
	s.giveBack(p)
	return !report.Passed, true, nil
}

// stormTest matches the name of a chapter's last test, which knows no mistake in particular.
const stormTest = "_Storm$"

// MistakeInStorm reports whether a chapter's storm fails with a mistake. What nothing else
// catches is a test still to be written.
func (s *StandIn) MistakeInStorm(m Mistake) (caught bool, err error) { return s.inStorm(mistake{m}) }

// MutantInStorm is like MistakeInStorm.
func (s *StandIn) MutantInStorm(m Mutant) (caught bool, err error) { return s.inStorm(m) }

func (s *StandIn) inStorm(v version) (caught bool, err error) {
	if s.left[v.name()] != nil {
		return false, nil // it is made in a program of its own
	}
	report, err := s.ask(standin.Request{Name: v.name(), Run: stormTest})
	return !report.Passed, err
}

// ask uses a process that has run other tests before and will run others after; only if
// the version ends it, the run is made again in one of its own.
func (s *StandIn) ask(r standin.Request) (Report, error) {
	p, err := s.borrow()
	if err != nil {
		return Report{}, err
	}
	r.Elsewhere = s.elsewhere
	report, over, err := p.run(r)
	switch {
	case err != nil:
		p.stop()
		return s.run(r.Name, s.chapter.SolutionFolder(), "-test.run="+r.Run)
	case over.Spent:
		p.stop()
	default:
		s.giveBack(p)
	}
	return report, nil
}

// borrow returns a process that nobody uses.
func (s *StandIn) borrow() (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.idle) - 1; last >= 0 {
		p := s.idle[last]
		s.idle = s.idle[:last]
		return p, nil
	}
	return startProcess(s.binary, s.chapter.SolutionFolder(), s.environment())
}

func (s *StandIn) giveBack(p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, p)
}

// Close ends the processes.
func (s *StandIn) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.idle {
		p.stop()
	}
	s.idle = nil
}
