// Package catchup puts the reference's part of a chapter's first steps in the place of the
// learner's, who wants to go on where the others are.
package catchup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/reset"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab catchup puts the reference's code for the steps before one into your
chapter, so that you can go on there. A file in which you have written is kept
beside it, under a name with the date, which Go does not read. Functions of
later steps stay yours, if they compile with it. A function that several steps
write to is mostly given whole: with it a later step may be given, too, or a
part of one, and lab catchup says which.

  lab catchup 3.4    steps 1 to 3 of chapter 3 are given; 3.4 is yours to write

lab goes on there, whatever of the chapters before is not done.
A comment marks what was given. Leave it there: a course may count such a step
differently. To have a file of yours back, take the end of its name off,
from .kept on.
`,
	Korean: `lab catchup은 어떤 단계 앞의 단계들을 참조 구현으로 채워서, 그 단계부터 이어
갈 수 있게 합니다. 여러분이 고친 파일은 그 옆에 날짜가 든 이름으로 보관하며,
Go는 그 파일을 읽지 않습니다. 나중 단계의 함수는 함께 컴파일되면 여러분의
것이 남습니다. 여러 단계에 걸쳐 쓰는 함수는 대개 통째로 채웁니다. 그래서
나중 단계가 통째로, 또는 일부만 채워질 수 있으며, 어느 단계인지 알려 줍니다.

  lab catchup 3.4    3장 1~3단계를 받고, 3.4부터 직접 작성

앞선 장에 남은 것이 있어도 lab은 거기서부터 이어 갑니다.
받은 함수에는 주석으로 표시가 남습니다. 지우지 마십시오. 수업에 따라 그 단계의
점수가 다를 수 있습니다. 자기 파일을 되찾으려면 이름에서 .kept부터 끝까지
지우십시오.
`,
}

// Run is `lab catchup`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("catchup", help, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.Misused("lab catchup: want the step to go on at, such as 3.4")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab catchup: %v", err)
	}
	s, err := b.Step(args[0])
	if err != nil {
		return t.Misused("lab catchup: %v", err)
	}
	if s.Number == 1 {
		return t.Misused("lab catchup: there is no step before %s; to begin the chapter: %s start %02d", book.StepName(s), t.Command(), s.Chapter.Number)
	}
	if err := book.HasSolution(s.Chapter); err != nil {
		return t.Failed("lab catchup: %v", err)
	}
	kept, more, err := catchUp(ctx, b, s)
	if err == nil {
		err = goOn(b, s, more.whole, time.Now())
	}
	for _, k := range kept {
		t.Printf("%s%s\n", layout.Padded(t.Say("kept"), terminal.LabelWidth+1), s.Chapter.File(k))
	}
	if err != nil {
		return t.Failed("lab catchup: %v", err)
	}
	if len(kept) > 0 {
		t.Printf("%s\n\n", t.Dim(t.Say("To have a file back, take the end of its name off, from .kept on.")))
	}
	t.Printf("%s %s\n", t.Say("The steps before %s are given.", book.StepName(s)), t.Say("There lab goes on."))
	if len(more.whole) > 0 {
		wrapped(t, t.Say("Given with them: %s. A function is given whole, and what it does in a later step with it.", names(s.Chapter, more.whole)))
	}
	if len(more.part) > 0 {
		wrapped(t, t.Say("Given in part: %s. What a function that is given does in these steps stands there; the other functions are yours to write.", names(s.Chapter, more.part)))
	}
	t.Printf("%s%s\n", t.Label(t.Say("run")), t.Command())
	return terminal.ExitOK
}

// wrapped prints a sentence that may be longer than a line.
func wrapped(t *terminal.Terminal, sentence string) {
	for _, line := range layout.Wrap(sentence, layout.Columns) {
		t.Printf("%s\n", line)
	}
}

// names returns steps of a chapter as a learner reads of them: 2.6, 2.11.
func names(c workbook.Chapter, steps []int) string {
	var names []string
	for _, step := range steps {
		names = append(names, fmt.Sprintf("%d.%d", c.Number, step))
	}
	return strings.Join(names, ", ")
}

// goOn has lab go on at s: what is given is no news, the steps before s and some more, and
// what of the chapters before is not done comes later.
func goOn(b *book.Book, s check.Step, more []int, now time.Time) error {
	p := &b.Progress
	if p.Done != nil {
		for _, other := range check.Steps(s.Chapter) {
			if other.Number < s.Number || slices.Contains(more, other.Number) {
				p.Done[book.StepName(other)] = now
			}
		}
	}
	for _, c := range b.Order() {
		if c.Name == s.Chapter.Name {
			break
		}
		if slices.ContainsFunc(check.Steps(c), func(before check.Step) bool { return !b.WasDone(before) }) {
			p.Start = s.Chapter.Name
		}
	}
	p.At, p.When = book.StepName(s), now
	return p.Save(b.Root)
}

// catchUp gives the steps before s. It returns the names under which the learner's files
// are kept, and what of the steps from s on is given with them.
func catchUp(ctx context.Context, b *book.Book, s check.Step) (kept []string, more beyond, err error) {
	untouched, err := reset.Stub(b, s.Chapter)
	if err != nil {
		return nil, more, err
	}
	if err := addGiven(untouched, b, s.Chapter); err != nil {
		return nil, more, err
	}
	files, more, err := assemble(b, s, true)
	if err != nil || compiles(ctx, s, files) != nil {
		// What the learner has written of later steps needs something that is gone.
		if files, more, err = assemble(b, s, false); err != nil {
			return nil, more, err
		}
	}
	kept, err = reset.Replace(s.Chapter, files, untouched, time.Now())
	return kept, more, err
}

// compiles reports whether the chapter would with these files in the place of its own.
func compiles(ctx context.Context, s check.Step, files map[string][]byte) error {
	folder, err := os.MkdirTemp(s.Chapter.StubFolder(), "catchup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for name, text := range files {
		if err := os.WriteFile(folder+"/"+name, text, 0o666); err != nil {
			return err
		}
	}
	build := exec.CommandContext(ctx, "go", "build", ".")
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}
