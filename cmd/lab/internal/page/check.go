package page

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// Front is lab without arguments.
func Front(ctx context.Context, t *terminal.Terminal) int {
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	b.Compile(ctx, t)
	p, err := checked(ctx, t, b, b.Chapters)
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	news, err := b.Note(p.All(), time.Now())
	if len(news.Won) > 0 {
		p.Won = &news.Won[len(news.Won)-1]
	}
	if last := LastTime(t, news, time.Now()); last != "" {
		t.Printf("%s\n\n", t.Dim(last))
	}
	if changed := Changed(t, news.Changes); changed != "" {
		t.Printf("%s\n\n", strings.Join(layout.Wrap(changed, t.Width()), "\n"))
	}
	t.Show(p.Lines(t, t.Width(), Longest))
	if err != nil {
		return t.Failed("lab: %v", err)
	}
	return terminal.ExitOK
}

var checkHelp = language.Text{
	English: `lab check runs the tests of chapters and shows how far each has come.

  lab check 3        chapter 3, step by step; also 03, transfer or 03-transfer
  lab check 3.2      step 2 of chapter 3, test by test
  lab check 2 3      several chapters
  lab check          all of them

It exits with status 1 when a step is not done, so that a script can tell.
`,
	Korean: `lab check는 장의 테스트를 실행하고 어디까지 왔는지 보여 줍니다.

  lab check 3        3장을 단계별로. 03, transfer, 03-transfer도 됩니다
  lab check 3.2      3장 2단계를 테스트별로
  lab check 2 3      여러 장
  lab check          모든 장

마치지 못한 단계가 있으면 종료 코드 1로 끝나므로 스크립트에서도 알 수 있습니다.
`,
}

// Check is `lab check`.
func Check(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("check", checkHelp, args)
	if over {
		return exit
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab check: %v", err)
	}
	b.Compile(ctx, t)
	if len(args) == 1 && strings.Contains(args[0], ".") {
		return checkStep(ctx, t, b, args[0])
	}
	chapters := b.Chapters
	if len(args) > 0 {
		chapters = nil
	}
	for _, arg := range args {
		c, err := b.Chapter(arg)
		if err != nil {
			return t.Misused("lab check: %v", err)
		}
		chapters = append(chapters, c)
	}
	p, err := checked(ctx, t, b, chapters)
	if err != nil {
		return t.Failed("lab check: %v", err)
	}
	if len(chapters) == 1 {
		t.Show(p.chapterLines(t, chapters[0], t.Width()))
	} else {
		t.Show(p.Lines(t, t.Width(), Longest))
	}
	if p.Next.Chapter != "" {
		return terminal.ExitFailed
	}
	return terminal.ExitOK
}

// checkStep is `lab check 3.2`.
func checkStep(ctx context.Context, t *terminal.Terminal, b *book.Book, meant string) int {
	s, err := b.Step(meant)
	if err != nil {
		return t.Misused("lab check: %v", err)
	}
	t.Passing(t.Say("looking at step %s …", book.StepName(s)))
	r := check.OneStep(ctx, s)
	t.Passing("")
	if ctx.Err() != nil {
		return t.Failed("lab check: interrupted")
	}
	p := New(b, []check.Result{r})
	if !r.Compiles() {
		t.Show(p.Task(t, t.Width(), Longest))
		return terminal.ExitFailed
	}
	s = r.Steps[0]
	for _, name := range s.Tests {
		mark, rest := t.Styled("32", "●"), ""
		if f := s.Failure(name); f != nil {
			mark = t.Styled("31", "✗")
			rest = t.Dim("  " + messageOf(*f).reason)
		}
		t.Printf("  %s\n", cut(mark+" "+name+rest, t.Width()-2))
	}
	t.Printf("\n")
	if s.Done() {
		t.Printf("%s\n", t.Styled("1;32", t.Say("Step %s is done.", book.StepName(s))))
		return terminal.ExitOK
	}
	t.Show(p.Task(t, t.Width(), Longest))
	return terminal.ExitFailed
}

// cut shortens a line that is styled as far as it is cut.
func cut(line string, width int) string {
	if layout.VisibleWidth(line) <= width {
		return line
	}
	return layout.Shorten(layout.WithoutEscapes(line), width)
}

// checked runs the tests of some chapters, and makes the page that shows these.
func checked(ctx context.Context, t *terminal.Terminal, b *book.Book, chapters []workbook.Chapter) (*Page, error) {
	results, err := book.Check(ctx, t, chapters)
	if err != nil {
		return nil, err
	}
	shown := *b
	shown.Chapters = chapters
	p := New(&shown, results)
	p.part = len(chapters) < len(b.Chapters)
	return p, nil
}

// chapterLines shows one chapter with all its steps, and then what is to be done.
func (p *Page) chapterLines(t *terminal.Terminal, c workbook.Chapter, width int) []string {
	lines := p.Overview(t, width)
	lines = append(lines, "")
	r := p.Results[c.Name]
	if r.Compiles() {
		names := 0
		for _, s := range r.Steps {
			names = max(names, len(book.StepName(s)))
		}
		for _, s := range r.Steps {
			lines = append(lines, p.stepLine(t, s, names, width))
		}
		lines = append(lines, "")
	}
	return append(lines, p.Task(t, width, max(Longest-len(lines), 20))...)
}

// stepLine is a step's line in the list of its chapter's, whose names are so wide.
func (p *Page) stepLine(t *terminal.Terminal, s check.Step, names, width int) string {
	mark := t.Dim("○")
	switch {
	case s.Done():
		mark = t.Styled("32", "●")
	case p.Next == Target{s.Chapter.Name, s.Number}:
		mark = t.Styled("33", "◐")
	}
	title := layout.PlainWords(s.Title)
	count := t.Say("%d of %d", s.Passed, len(s.Tests))
	title = layout.Shorten(title, width-7-names-len(count))
	return fmt.Sprintf("  %s %s  %s %s", mark, layout.Padded(book.StepName(s), names),
		layout.Padded(title, width-8-names-len(count)), t.Dim(count))
}
