package proof

import (
	"fmt"
	"slices"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Report is a run that is to be judged.
type Report struct{ workbook.Report }

// mostLines is how many lines a failure may take on the screen.
const mostLines = 24

// JudgePass returns why a test does not count as passed, or "".
func (r Report) JudgePass(t workbook.Test) string {
	if o := r.Outcomes[t.Name]; o != workbook.Passed {
		return fmt.Sprintf("%s: %v\n%s", t.Name, o, r.text(t.Name))
	}
	return ""
}

// JudgeStub returns what is wrong with how a test fails on the untouched stub: it
// is to fail by an assertion that names its step and where to read on.
func (r Report) JudgeStub(c Chapter, t workbook.Test) []string {
	if o := r.Outcomes[t.Name]; o != workbook.Failed {
		return []string{fmt.Sprintf("on the stub, where it is to fail: %v", o)}
	}
	var wrong []string
	for _, f := range r.Failures(t.Name) {
		for _, problem := range problems(f, c, t) {
			wrong = append(wrong, fmt.Sprintf("%s: %s\n%s", f.Test, problem, f.Text))
		}
	}
	return wrong
}

// problems returns what a failure lacks that every failure is to have.
func problems(f workbook.Failure, c Chapter, t workbook.Test) []string {
	if f.Trouble != "" {
		return []string{"it ended by no assertion: " + f.Trouble}
	}
	var wrong []string
	if want := fmt.Sprintf("%d.%d", c.Number, t.Step); f.Step != want {
		wrong = append(wrong, fmt.Sprintf("it names step %q, not %q", f.Step, want))
	}
	if f.Likely == "" && f.Read == "" {
		wrong = append(wrong, "it has neither \"likely:\" nor \"read:\"")
	}
	if f.Lines > mostLines {
		wrong = append(wrong, fmt.Sprintf("it takes %d lines, more than %d", f.Lines, mostLines))
	}
	return wrong
}

// JudgeMistake returns why a mistake does not count as caught, or "": the test
// that the catalogue names is to fail by an assertion of its own, with the promised words
// in its "likely:". A broken frame is none: it knows no mistake in particular.
func (r Report) JudgeMistake(m Mistake) string {
	name, _, _ := strings.Cut(m.Test, "/")
	if _, ran := r.Outcomes[m.Test]; !ran && r.Outcomes[name] == workbook.Missing {
		return fmt.Sprintf("%s: %v\n%s", m.Test, workbook.Missing, r.All)
	}
	failures := r.Failures(m.Test)
	if len(failures) == 0 {
		return fmt.Sprintf("%s: %v", m.Test, r.Outcomes[m.Test])
	}
	promised := strings.Join(strings.Fields(m.Says), " ")
	says := func(f workbook.Failure) bool {
		return f.Trouble == "" && !f.Frame && strings.Contains(f.Likely, promised)
	}
	if at := slices.IndexFunc(failures, says); at >= 0 {
		if lines := failures[at].Lines; lines > mostLines {
			return fmt.Sprintf("%s says it in %d lines, more than %d:\n%s", m.Test, lines, mostLines, failures[at].Text)
		}
		return ""
	}
	f := failures[0]
	if f.Trouble != "" {
		return fmt.Sprintf("%s fails, but by no assertion: %s\n%s", m.Test, f.Trouble, f.Text)
	}
	if f.Frame {
		return fmt.Sprintf("%s fails only by a frame, and not by an assertion of its own:\n%s", m.Test, f.Text)
	}
	return fmt.Sprintf("%s fails, but its \"likely:\" does not say %q:\n%s", m.Test, promised, f.Text)
}

// text is what a test's failures say, or what it printed when there is none.
func (r Report) text(test string) string {
	var all []string
	for _, f := range r.Failures(test) {
		all = append(all, f.Text)
	}
	if len(all) == 0 {
		return r.Output(test)
	}
	return strings.Join(all, "\n")
}
