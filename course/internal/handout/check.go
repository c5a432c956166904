package handout

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/kit/workbook"
)

// Check unpacks a hand-out in the folder scratch, and looks at it as a student does: all
// of it compiles, each of the chapter's tests runs and fails, no link is dead, and there
// is nothing of the solution in it. The error has everything that is wrong.
func (h Handout) Check(ctx context.Context, w place.Workbook, c workbook.Chapter, scratch string) error {
	var wrong []error
	for _, link := range dead(h.Files) {
		wrong = append(wrong, fmt.Errorf("a dead link: %s", link))
	}
	leaks, err := h.leaks(w, c)
	if err != nil {
		return err
	}
	for _, leak := range leaks {
		wrong = append(wrong, fmt.Errorf("something of the solution: %s", leak))
	}
	root, err := h.unpack(scratch)
	if err != nil {
		return err
	}
	wrong = append(wrong, compiles(ctx, root), h.fails(ctx, root, c))
	return errors.Join(wrong...)
}

// unpack writes the hand-out as a zip, and unpacks that.
func (h Handout) unpack(scratch string) (root string, err error) {
	var packed bytes.Buffer
	if err := h.Write(&packed); err != nil {
		return "", err
	}
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		return "", err
	}
	return filepath.Join(scratch, h.Folder), os.CopyFS(scratch, z)
}

// anywhere has what is compiled not depend on the folder that it lies in: so what a hand-out
// has in common with the last one that was tried is not compiled again.
const anywhere = "-trimpath"

// compiles reports what does not.
func compiles(ctx context.Context, root string) error {
	vet := exec.CommandContext(ctx, "go", "vet", anywhere, "./...")
	vet.Dir = root
	if out, err := vet.CombinedOutput(); err != nil {
		return fmt.Errorf("it does not compile: %w\n%s", err, out)
	}
	return nil
}

// fails runs the chapter's tests, which are all to run and to fail.
func (h Handout) fails(ctx context.Context, root string, c workbook.Chapter) error {
	test := exec.CommandContext(ctx, "go", "test", anywhere, "-json", "./chapters/"+c.Name)
	test.Dir = root
	out, err := test.Output()
	if err == nil {
		return fmt.Errorf("the tests pass on a stub that nobody has written in")
	}
	report, err := workbook.ReadReport(out)
	if err != nil {
		return err
	}
	tests, err := c.Tests()
	if err != nil {
		return err
	}
	for _, t := range tests {
		if report.Outcomes[t.Name] != workbook.Failed {
			return fmt.Errorf("%s is to fail on the stub, and %v\n%s", t.Name, report.Outcomes[t.Name], report.Build)
		}
	}
	return nil
}

// run is how many lines of code in a row may be the solution's by chance.
const run = 4

// leaks returns where the hand-out has lines of code, run of them one after the other,
// that only a solution of this chapter or of a later one has: the reference, its variants,
// and what its catalogue of mistakes shows of it.
func (h Handout) leaks(w place.Workbook, c workbook.Chapter) ([]string, error) {
	secret, err := secrets(w, c)
	if err != nil {
		return nil, err
	}
	var found []string
	for name, text := range h.Files {
		if strings.HasPrefix(name, "kit/frames/") {
			continue // the tests' own opinion of what a segment may change, some of it in the RFC's few words
		}
		for _, lines := range runs(text) {
			if from := secret[lines]; from != "" {
				found = append(found, fmt.Sprintf("%s has lines of %s:\n%s", name, from, lines))
				break
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

// secrets returns the runs of lines of all that is not to be handed out, without those
// that the workbook shows everybody, and where each is from.
func secrets(w place.Workbook, c workbook.Chapter) (map[string]string, error) {
	names, err := w.Files(workbook.Solutions, workbook.Stubs, stubs)
	if err != nil {
		return nil, err
	}
	secret := make(map[string]string)
	var open []string
	for _, name := range names {
		text, err := w.Read(name)
		if err != nil {
			return nil, err
		}
		hidden, isHidden := strings.CutPrefix(name, workbook.Solutions+"/")
		hidden = strings.TrimPrefix(hidden, "variants/")
		switch {
		case isHidden && hidden >= c.Name[:2] && hidden[0] <= '9' && !strings.HasSuffix(name, "_test.go"):
			for _, lines := range runs(text) {
				secret[lines] = name
			}
		case !isHidden || hidden < c.Name[:2]:
			open = append(open, runs(text)...)
		}
	}
	for _, lines := range open {
		delete(secret, lines)
	}
	return secret, nil
}

// runs returns each run of lines of code: without comments, blank lines, and those that
// have a brace and little more, which all Go is full of.
func runs(text []byte) []string {
	var lines, all []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if len(line) > 8 && !strings.HasPrefix(line, "//") {
			lines = append(lines, line)
		}
	}
	for i := 0; i+run <= len(lines); i++ {
		all = append(all, strings.Join(lines[i:i+run], "\n"))
	}
	return all
}
