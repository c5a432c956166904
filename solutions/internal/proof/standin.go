package proof

import (
	"path"
	"path/filepath"
	"sync"

	"tcpworkbook/kit/standin"
)

// StandIn is a chapter's tests in one program with all implementations of the chapter.
// Its methods may be called by several goroutines.
type StandIn struct {
	chapter Chapter
	left    map[string]error // why a mistake is not in it, by the name it would have
	binary  string

	mu   sync.Mutex
	idle []*process
}

// What the implementations are called in the program.
const (
	referenceName = "reference"
	stubName      = "stub"
)

func variantName(folder string) string { return "variant " + filepath.Base(folder) }
func mistakeName(m Mistake) string     { return "mistake " + m.Slug }

// StandIn compiles the chapter's tests, in the folder scratch, with a package in the
// chapter's place that forwards each call to one of these: the reference, the variants,
// the reference with each of the mistakes, and the stub while it is untouched.
func (c Chapter) StandIn(scratch string, mistakes []Mistake, race bool) (*StandIn, error) {
	l, err := newLayout(c, scratch)
	if err != nil {
		return nil, err
	}
	name, err := l.layTests()
	if err != nil {
		return nil, err
	}
	made, left, err := l.layMistakes(mistakes)
	if err != nil {
		return nil, err
	}
	if err := l.layPlace(name, made); err != nil {
		return nil, err
	}
	program := Program{
		Folder: c.SolutionFolder(), Package: path.Join(l.solution, placeFolder),
		Overlay: l.overlay, Race: race,
	}
	binary, err := program.Compile(scratch)
	return &StandIn{chapter: c, left: left, binary: binary}, err
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

// run runs the tests in a process of their own.
func (s *StandIn) run(name, folder string, flags ...string) (Report, error) {
	return run(s.binary, folder, environment(standin.ChosenVariable+"="+name), flags...)
}

// Mistake runs the test of that name, "" for all, against the reference with a mistake.
// It uses a process that has run other tests before and will run others after; only if
// the mistake ends it, the run is made again in one of its own. A mistake that is not in
// the program is made in another, where the compiler says what is wrong with it.
func (s *StandIn) Mistake(m Mistake, test string) (Report, error) {
	name := mistakeName(m)
	if s.left[name] != nil {
		return Apart{s.chapter}.Mistake(m, test)
	}
	p, err := s.borrow()
	if err != nil {
		return Report{}, err
	}
	report, over, err := p.run(standin.Request{Name: name, Run: only(test)})
	switch {
	case err != nil:
		p.stop()
		return s.run(name, s.chapter.SolutionFolder(), "-test.run="+only(test))
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
	return startProcess(s.binary, s.chapter.SolutionFolder())
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
