package guard

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tcpworkbook/kit/columns"
	"tcpworkbook/kit/workbook"
)

// go test ./chapters/... is what people type. Of a chapter whose tests fail it shows, in
// this order: the step that is to be done first, by the message of its first failed test
// and a line for each other; a line for each later step that is not done; and where one
// is. Whoever asks for more, by -v, -json or -run, is shown what he asks for. With -run, as
// without, what the learner's code prints is set apart from what the tests say; see
// unabridged.

// isBrief reports whether go test was called in no other way than to see how far the
// chapter is.
func isBrief(args []string) bool {
	return isRead(args) && !given(args, "run", "skip", "cpu", "failfast")
}

// isRead reports whether a chapter's tests were called by somebody who reads what they say,
// each once.
func isRead(args []string) bool {
	v := voiceOf(args)
	return !v.verbose && v.times == 1 && !given(args, "bench") && workbook.Folder() != ""
}

// given reports whether any of these flags is set.
func given(args []string, flags ...string) bool {
	for _, flag := range flags {
		if v := flagValue(args, flag); v != "" && v != "false" {
			return true
		}
	}
	return false
}

// account is what came of one test, and what it said.
type account struct {
	test    string // with its subtest: "TestStep1_Open/twice"
	verdict string // "PASS", "FAIL" or "SKIP"; "" while it runs
	took    string // how long, as it is written behind the verdict: " (0.00s)"
	varied  bool   // it has passed, and fails where something varies: see vary
	said    strings.Builder
}

// accounts takes apart what a program printed whose voice is marked. What was printed
// outside of any test is beside.
func accounts(output []byte) (all []*account, beside string) {
	known := make(map[string]*account)
	var rest strings.Builder
	to := &rest
	before, marked, _ := bytes.Cut(output, []byte(mark))
	rest.Write(before)
	for _, part := range strings.Split(string(marked), mark) {
		line, text, _ := strings.Cut(part, "\n")
		m := framing.FindStringSubmatch(line)
		switch {
		case isEnd(line) || strings.TrimSpace(line) == "=== NAME":
			to = &rest
		case m == nil:
			to.WriteString(line + "\n")
		default:
			a := known[m[5]]
			if a == nil {
				a = &account{test: m[5]}
				known[a.test] = a
				all = append(all, a)
			}
			to = &a.said
			if m[3] != "" {
				a.varied = a.varied || a.verdict == "PASS" && m[4] == "FAIL"
				a.verdict, a.took = m[4], line[len(m[0]):]
			}
			if m[3] != "" && m[4] != "FAIL" { // why one failed may follow: see epitaph
				to = &rest
			}
		}
		to.WriteString(text)
	}
	return all, rest.String()
}

// brief is what is shown of a chapter.
type brief struct {
	chapter workbook.Chapter
	tests   []workbook.Test
	told    []*account
	out     strings.Builder
}

// abridged returns what is shown of a program that printed output, with status 0 if its
// tests have passed: then, what the learner's code printed.
func abridged(output []byte, status int) string {
	if status == 0 {
		return unabridged(output, status)
	}
	told, beside := accounts(output)
	b := brief{told: told}
	b.out.WriteString(beside)
	if len(told) > 0 {
		b.read()
		b.tell()
	}
	return b.out.String() + "FAIL\n"
}

// read reads what the chapter consists of.
func (b *brief) read() {
	root, _ := filepath.Abs(filepath.Join("..", ".."))
	b.chapter = workbook.Chapter{Root: root, Name: workbook.Folder()}
	b.chapter.Number, _ = strconv.Atoi(b.chapter.Name[:2])
	b.tests, _ = b.chapter.Tests() // without them, all that have failed are shown in full
}

// verdictOn returns what came of a test.
func (b *brief) verdictOn(test string) string {
	for _, a := range b.told {
		if a.test == test {
			return a.verdict
		}
	}
	return ""
}

// passed returns how many of a step's tests there are, and how many have passed.
func (b *brief) passed(step int) (passed, all int) {
	for _, t := range b.tests {
		if t.Step != step {
			continue
		}
		all++
		if b.verdictOn(t.Name) == "PASS" {
			passed++
		}
	}
	return passed, all
}

// open returns the first step that is not done; 0 when all are.
func (b *brief) open() int {
	for step := range workbook.Steps(b.tests) {
		if passed, all := b.passed(step + 1); passed < all {
			return step + 1
		}
	}
	return 0
}

func (b *brief) tell() {
	open, steps := b.open(), workbook.Steps(b.tests)
	if later := b.doneAfter(open); open > 0 && later != "" {
		b.say("%s is not done, but %s: if it was, what you wrote last has broken it.", b.name(open), later)
	}
	b.tellStep(open)
	b.tellOwn()
	if open == 0 {
		b.say("chapter %d: all %d steps are done.", b.chapter.Number, steps)
		return
	}
	for step := open + 1; step <= steps; step++ {
		switch passed, all := b.passed(step); {
		case passed == all:
		case passed == 0:
			b.say("%s: %s to come", b.name(step), counted(all))
		default:
			b.say("%s: %d of %s pass", b.name(step), passed, counted(all))
		}
	}
	passed, all := b.passed(open)
	b.say("chapter %d, step %d of %d: %d of %s pass. Next: go test ./%s/%s -run TestStep%d_",
		b.chapter.Number, open, steps, passed, counted(all), workbook.Stubs, b.chapter.Name, open)
}

// say writes a line, in the language that the tests speak.
func (b *brief) say(format string, args ...any) {
	b.out.WriteString(workbook.Say(fmt.Sprintf(format, args...)) + "\n")
}

// name returns how a step is called: "step 2.3".
func (b *brief) name(step int) string { return fmt.Sprintf("step %d.%d", b.chapter.Number, step) }

func counted(tests int) string {
	if tests == 1 {
		return "1 test"
	}
	return fmt.Sprintf("%d tests", tests)
}

// doneAfter says which steps after this one are done; "" when none is.
func (b *brief) doneAfter(open int) string {
	var done []string
	for step := open + 1; step <= workbook.Steps(b.tests); step++ {
		if passed, all := b.passed(step); passed == all {
			done = append(done, fmt.Sprintf("%d.%d", b.chapter.Number, step))
		}
	}
	switch len(done) {
	case 0:
		return ""
	case 1:
		return "step " + done[0] + " is"
	}
	return "steps " + strings.Join(done[:len(done)-1], ", ") + " and " + done[len(done)-1] + " are"
}

// tellStep shows the first failure of a step in full, and a line of each other. What fails only
// where something varies comes last: what fails without that names the cause.
func (b *brief) tellStep(step int) {
	var plain, varied []workbook.Test
	for _, t := range b.tests {
		if b.varied(t.Name) {
			varied = append(varied, t)
		} else {
			plain = append(plain, t)
		}
	}
	first := true
	for _, t := range append(plain, varied...) {
		if t.Step != step || b.verdictOn(t.Name) == "PASS" {
			continue
		}
		for i, a := range b.leaves(t.Name) {
			switch {
			case first:
				b.out.WriteString(full(a))
			case i == 0:
				b.out.WriteString(inALine(t.Name, a))
			}
			first = false
		}
	}
}

// varied reports whether a test fails only where something varies.
func (b *brief) varied(test string) bool {
	return slices.ContainsFunc(b.told, func(a *account) bool { return a.test == test && a.varied })
}

// tellOwn shows what has failed and belongs to no step of the lesson.
func (b *brief) tellOwn() {
	steps := make(map[string]bool)
	for _, t := range b.tests {
		steps[t.Name] = true
	}
	for _, a := range b.told {
		whole, _, _ := strings.Cut(a.test, "/")
		if a.verdict == "FAIL" && !steps[whole] && !b.failedWithin(a.test) {
			b.out.WriteString(full(a))
		}
	}
}

// leaves returns what did not pass of a test: its subtests, where those did not, or itself.
func (b *brief) leaves(test string) []*account {
	var leaves []*account
	for _, a := range b.told {
		if (a.test == test || strings.HasPrefix(a.test, test+"/")) && a.verdict != "PASS" && !b.failedWithin(a.test) {
			leaves = append(leaves, a)
		}
	}
	return leaves
}

// failedWithin reports whether a subtest of a test did not pass.
func (b *brief) failedWithin(test string) bool {
	for _, a := range b.told {
		if strings.HasPrefix(a.test, test+"/") && a.verdict != "PASS" {
			return true
		}
	}
	return false
}

// full shows all that a test has to say, and then what the learner's code printed.
func full(a *account) string {
	return fmt.Sprintf("--- %s: %s (0.00s)\n", a.verdict, a.test) + wordsOf(a)
}

// wordsOf returns what a test that did not pass says, and then what the learner's code printed.
func wordsOf(a *account) string {
	f := workbook.ReadFailure(a.test, a.said.String())
	shown := ""
	if f.Text != "" {
		shown += f.Text + "\n"
	}
	if f.Printed != "" {
		shown += youPrinted(f.Printed)
	}
	return shown
}

// youPrinted sets what the learner's code printed apart from what a test says.
func youPrinted(text string) string {
	return "    " + workbook.Say("you printed:") + "\n        " + strings.ReplaceAll(text, "\n", "\n        ") + "\n"
}

// inALine shows that a test did not pass, and as much of its first reason as a line has
// room for.
func inALine(test string, a *account) string {
	line := fmt.Sprintf("--- %s: %s (0.00s)", a.verdict, test)
	if reason, numbered := workbook.ReadFailure(test, a.said.String()).Reason(); numbered {
		line += "  " + reason
	}
	return columns.Shorten(line, 100) + "\n"
}
