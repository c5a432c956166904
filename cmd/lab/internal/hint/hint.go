// Package hint gives the hints to a step, one each time it is asked, and then says where
// the solution is.
package hint

import (
	"context"
	"flag"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/page"
	"tcpworkbook/cmd/lab/internal/solution"
	"tcpworkbook/cmd/lab/internal/terminal"
)

var help = language.Text{
	English: `lab hint gives the next hint to the step that you are at, each time it is asked:
a first one, then one or two that say more, and then where the solution is.

  lab hint           to the first step that is not done
  lab hint 2.3       to step 3 of chapter 2
  lab hint --again   those that you have had, once more

Which hints you have had is kept in the folder .lab.
`,
	Korean: `lab hint는 실행할 때마다 지금 단계의 힌트를 하나씩 줍니다. 첫 힌트, 더 자세한
힌트, 그다음은 해답이 있는 곳입니다.

  lab hint           아직 마치지 못한 첫 단계의 힌트
  lab hint 2.3       2장 3단계의 힌트
  lab hint --again   이미 본 힌트 다시 보기

어떤 힌트를 보았는지는 .lab 폴더에 적어 둡니다.
`,
}

// Run is `lab hint`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	again := false
	args, exit, over := t.Arguments("hint", help, args, func(set *flag.FlagSet) { set.BoolVar(&again, "again", false, "") })
	if over {
		return exit
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab hint: %v", err)
	}
	var s check.Step
	switch len(args) {
	case 0:
		var lines []string
		if s, lines, err = page.Current(ctx, t, b); lines == nil && s.Number == 0 {
			lines = []string{t.Say("Every step is done: there is nothing left to hint at.")}
		}
		if err == nil && s.Number == 0 {
			t.Show(lines)
			return terminal.ExitOK
		}
	case 1:
		if s, err = b.Step(args[0]); err != nil {
			return t.Misused("lab hint: %v", err)
		}
	default:
		return t.Misused("lab hint: want one step, such as 2.3")
	}
	if err != nil {
		return t.Failed("lab hint: %v", err)
	}
	if again {
		t.Show(given(t, b, s, t.Width()))
		return terminal.ExitOK
	}
	lines, err := Next(t, b, s, t.Command()+" hint "+book.StepName(s), t.Width())
	if err != nil {
		return t.Failed("lab hint: %v", err)
	}
	t.Show(lines)
	return terminal.ExitOK
}

// Next returns the hint to a step that follows those which have been given, and
// notes that it has been. It says that ask is how to get the next.
func Next(t *terminal.Terminal, b *book.Book, s check.Step, ask string, width int) ([]string, error) {
	hints := s.Hints()
	given := min(b.Progress.Hints[book.StepName(s)], len(hints))
	b.Progress.Hints[book.StepName(s)] = given + 1
	if err := b.Progress.Save(b.Root); err != nil {
		return nil, err
	}
	return hint(t, b, s, given, ask, width), nil
}

// given returns the hints to a step that have been given.
func given(t *terminal.Terminal, b *book.Book, s check.Step, width int) []string {
	lines := []string{t.Styled("1;36", layout.Shorten(book.StepTitle(s), width))}
	hints := s.Hints()
	had := min(b.Progress.Hints[book.StepName(s)], len(hints))
	if had == 0 {
		return append(lines, "", t.Say("No hint to this step was given yet."))
	}
	for n, hint := range hints[:had] {
		lines = append(lines, "", t.Bold(t.Say("Hint %d of %d", n+1, len(hints))))
		lines = append(lines, layout.Markdown(hint, width)...)
	}
	return lines
}

// hint returns a step's n-th hint, counted from 0; after the last, where the
// solution is.
func hint(t *terminal.Terminal, b *book.Book, s check.Step, n int, ask string, width int) []string {
	lines := []string{t.Styled("1;36", layout.Shorten(book.StepTitle(s), width)), ""}
	hints := s.Hints()
	if n >= len(hints) {
		return append(lines, wayOut(t, b, s, width)...)
	}
	lines = append(lines, t.Bold(t.Say("Hint %d of %d", n+1, len(hints))))
	lines = append(lines, layout.Markdown(hints[n], width)...)
	more := t.Say("The next one says more:")
	if n == len(hints)-1 {
		more = t.Say("It was the last; then comes the solution:")
	}
	return append(lines, "", t.Dim(more)+" "+ask)
}

// wayOut returns where a step's solution is.
func wayOut(t *terminal.Terminal, b *book.Book, s check.Step, width int) []string {
	first := t.Say("There are no more hints.")
	if len(s.Hints()) == 0 {
		first = t.Say("There are no hints to this step.")
	}
	if book.HasSolution(s.Chapter) != nil {
		return layout.Wrap(first+" "+t.Say("Read the lesson once more, draw the segments on paper, sleep over it. The solution is not in this copy."), width)
	}
	lines := layout.Wrap(first+" "+t.Say("Read the lesson once more, draw the segments on paper, sleep over it. Or see how it is written in the solution:"), width)
	lines = append(lines, "")
	for _, place := range solution.Places(b, s) {
		lines = append(lines, "  "+place)
	}
	return append(lines, "", t.Dim(t.Say("beside your own:"))+" "+t.Command()+" solution "+book.StepName(s))
}
