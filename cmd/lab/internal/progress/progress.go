// Package progress keeps, between one call of lab and the next, what cannot be
// read off the chapters: where the learner wants to begin, and which hints he has
// asked for.
//
// It is a small file in the folder .lab at the top of the workbook, which keeps
// itself out of version control. Losing it costs nothing but that.
package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Progress is what is kept.
type Progress struct {
	Start string         `json:"start,omitempty"` // the chapter to begin at: "04-teardown"; "" for the first
	Hints map[string]int `json:"hints,omitempty"` // how many hints to a step have been given: "2.3": 1

	// Done are the steps that were done, and when that was seen first; nil when nobody has
	// looked yet. Broken are those of them that are no longer, and at which step the learner
	// was when that was seen first.
	Done   map[string]time.Time `json:"done"`
	Broken map[string]string    `json:"broken,omitempty"`

	// Tests are those of each step when somebody last looked, without the step in their name:
	// "2.3": {"AnswerTheSYNACK", …}. What a new version has moved is known by them.
	Tests map[string][]string `json:"tests,omitempty"`

	At   string    `json:"at,omitempty"`  // the step that the learner was at: "2.3"
	When time.Time `json:"when,omitzero"` // and when

	Compiled string `json:"compiled,omitempty"` // the Go release that has compiled all that the tests need
}

const (
	folder = ".lab"
	name   = "progress.json"
)

// Load reads what is kept for the workbook in folder root. When there is nothing,
// or nothing that could be understood, that is a beginning.
func Load(root string) (Progress, error) {
	text, err := os.ReadFile(filepath.Join(root, folder, name))
	p := Progress{Hints: make(map[string]int)}
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if json.Unmarshal(text, &p) != nil {
		return Progress{Hints: make(map[string]int)}, nil
	}
	if p.Hints == nil {
		p.Hints = make(map[string]int)
	}
	return p, nil
}

// Save keeps p. Whoever reads at the same time sees all of it or what was there
// before.
func (p Progress) Save(root string) error {
	if err := p.save(filepath.Join(root, folder)); err != nil {
		return fmt.Errorf("keep your place: %w", err)
	}
	return nil
}

func (p Progress) save(to string) error {
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, ".gitignore"), []byte("*\n"), 0o666); err != nil {
		return err
	}
	text, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return err
	}
	return Replace(filepath.Join(to, name), append(text, '\n'))
}

// Replace writes a file so that it has its old text or all of the new, whatever
// happens in between.
func Replace(file string, text []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(file), ".draft-*")
	if err != nil {
		return err
	}
	_, err = draft.Write(text)
	if err == nil {
		err = draft.Chmod(0o644)
	}
	if err == nil {
		err = draft.Sync()
	}
	err = errors.Join(err, draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		os.Remove(draft.Name())
	}
	return err
}

// TakeTests takes out which tests a chapter's steps had, and returns of which step each was.
// The steps' names begin with prefix, "2." say. Tests is there to be written to, then.
func (p *Progress) TakeTests(prefix string) map[string]string {
	was := make(map[string]string)
	for step, tests := range p.Tests {
		if !strings.HasPrefix(step, prefix) {
			continue
		}
		for _, test := range tests {
			was[test] = step
		}
		delete(p.Tests, step)
	}
	if p.Tests == nil {
		p.Tests = make(map[string][]string)
	}
	return was
}
