// Package start lets a learner begin at any chapter.
package start

import (
	"context"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/terminal"
)

var help = language.Text{
	English: `lab start begins at any chapter: from then on lab takes that one for the first
to do. The chapters before it are the reference's, in its tests.

  lab start 4        begin at chapter 4; also 04, teardown or 04-teardown
  lab start 1        begin at the beginning again

Where you begin is kept in the folder .lab. What you have written stays.
`,
	Korean: `lab start는 원하는 장부터 시작합니다. 그때부터 lab은 그 장을 맨 먼저 할 일로
봅니다. 테스트에서 앞선 장들은 참조 구현이 대신합니다.

  lab start 4        4장부터. 04, teardown, 04-teardown도 됩니다
  lab start 1        다시 처음부터

어디부터 시작하는지는 .lab 폴더에 적어 둡니다. 쓴 것은 그대로 남습니다.
`,
}

// Run is `lab start`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("start", help, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.Misused("lab start: want one chapter, such as 4")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab start: %v", err)
	}
	c, err := b.Chapter(args[0])
	if err != nil {
		return t.Misused("lab start: %v", err)
	}
	b.Progress.Start = c.Name
	if err := b.Progress.Save(b.Root); err != nil {
		return t.Failed("lab start: %v", err)
	}
	t.Printf("%s\n\n", t.Say("You begin at chapter %d, %s.", c.Number, t.Bold(c.Subject())))
	lesson, _ := c.Lesson() // where there is none, its place is still the right one
	t.Printf("%s%s\n", t.Label(t.Say("read")), c.File(lesson.Edition.Readme()))
	t.Printf("%s%s\n", t.Label(t.Say("run")), t.Command())
	return terminal.ExitOK
}
