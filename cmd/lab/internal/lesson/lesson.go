// Package lesson shows a step of the lesson on the terminal.
package lesson

import (
	"context"
	"fmt"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
)

var help = language.Text{
	English: `lab read shows a step of the lesson here, without its hints and solution, and
with a word where a diagram stands. The answers to what it asks are there once
the step is done.

  lab read           the step that you were at last
  lab read 2.3       step 3 of chapter 2
`,
	Korean: `lab read는 강의의 한 단계를 한국어로 옮긴 명세와 함께 여기에 보여 줍니다.
힌트와 해답은 빼고, 그림은 있는 자리만 알려 줍니다. 생각해 볼 문제의 답은 단계를
마치면 나옵니다.

  lab read           마지막으로 하던 단계
  lab read 2.3       2장 3단계
`,
}

// Run is `lab read`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("read", help, args)
	if over {
		return exit
	}
	if len(args) > 1 {
		return t.Misused("lab read: want one step, such as 2.3")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab read: %v", err)
	}
	meant := b.Progress.At
	if len(args) == 1 {
		meant = args[0]
	}
	if meant == "" {
		meant = fmt.Sprintf("%d.1", b.Order()[0].Number)
	}
	s, err := b.Step(meant)
	if err != nil {
		return t.Misused("lab read: %v", err)
	}
	t.Show(lines(t, b, s, t.Width()))
	return terminal.ExitOK
}

// lines returns a step of the lesson.
func lines(t *terminal.Terminal, b *book.Book, s check.Step, width int) []string {
	lines := []string{t.Styled("1;36", layout.Shorten(book.StepTitle(s), width)), ""}
	lines = append(lines, layout.Markdown(s.Reading(b.WasDone(s)), width)...)
	lines = append(lines, "", t.Label(t.Say("whole"))+book.StepLesson(s, width-terminal.LabelWidth))
	return append(lines, t.Label(t.Say("stuck?"))+t.Command()+" hint "+book.StepName(s))
}
