package main

import (
	"context"

	"tcpworkbook/cmd/lab/internal/layout"
)

const startHelp = `lab start begins at any chapter: from then on lab takes that one for the first
to do. The chapters before it are the reference's, in its tests.

  lab start 4        begin at chapter 4; also 04, teardown or 04-teardown
  lab start 1        begin at the beginning again

Where you begin is kept in the folder .lab. What you have written stays.
`

// runStart is `lab start`.
func runStart(ctx context.Context, t *terminal, args []string) int {
	args, exit, over := arguments(t, "start", startHelp, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.misused("lab start: want one chapter, such as 4")
	}
	b, err := t.openBook()
	if err != nil {
		return t.failed("lab start: %v", err)
	}
	c, err := b.chapter(args[0])
	if err != nil {
		return t.misused("lab start: %v", err)
	}
	b.progress.Start = c.Name
	if err := b.progress.Save(b.root); err != nil {
		return t.failed("lab start: %v", err)
	}
	t.printf("%s\n\n", t.say("You begin at chapter %d, %s.", c.Number, t.bold(c.Subject())))
	lesson, _ := c.Lesson() // where there is none, its place is still the right one
	key := func(word string) string { return t.dim(layout.Padded(word, label)) }
	t.printf("%s%s\n", key(t.say("read")), c.File(lesson.Edition.Readme()))
	t.printf("%s%s\n", key(t.say("run")), t.me())
	return exitOK
}
