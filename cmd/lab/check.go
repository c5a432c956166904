package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/kit/workbook"
)

// runFront is lab without arguments.
func runFront(ctx context.Context, t *terminal) int {
	b, err := t.openBook()
	if err != nil {
		return t.failed("lab: %v", err)
	}
	p, err := b.check(ctx, t, b.chapters)
	if err != nil {
		return t.failed("lab: %v", err)
	}
	t.show(p.lines(t, t.width(), longest))
	return exitOK
}

const checkHelp = `lab check runs the tests of chapters and shows how far each has come.

  lab check 3        chapter 3, step by step; also 03, transfer or 03-transfer
  lab check 2 3      several chapters
  lab check          all of them

It exits with status 1 when a step is not done, so that a script can tell.
`

// runCheck is `lab check`.
func runCheck(ctx context.Context, t *terminal, args []string) int {
	args, exit, over := arguments(t, "check", checkHelp, args)
	if over {
		return exit
	}
	b, err := t.openBook()
	if err != nil {
		return t.failed("lab check: %v", err)
	}
	chapters := b.chapters
	if len(args) > 0 {
		chapters = nil
	}
	for _, arg := range args {
		c, err := b.chapter(arg)
		if err != nil {
			return t.misused("lab check: %v", err)
		}
		chapters = append(chapters, c)
	}
	p, err := b.check(ctx, t, chapters)
	if err != nil {
		return t.failed("lab check: %v", err)
	}
	if len(chapters) == 1 {
		t.show(p.chapterLines(t, chapters[0], t.width()))
	} else {
		t.show(p.lines(t, t.width(), longest))
	}
	if p.next.chapter != "" {
		return exitFailed
	}
	return exitOK
}

// check runs the tests of some chapters. On a terminal it says meanwhile how far
// that is.
func (b *book) check(ctx context.Context, t *terminal, chapters []workbook.Chapter) (*page, error) {
	done := 0
	tell := func() {
		t.passing(t.say("running the tests: %d of %d chapters …", done, len(chapters)))
	}
	tell()
	results := check.Chapters(ctx, chapters, func(check.Result) { done++; tell() })
	t.passing("")
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	shown := *b
	shown.chapters = chapters
	p := newPage(&shown, results)
	p.part = len(chapters) < len(b.chapters)
	return p, nil
}

// chapterLines shows one chapter with all its steps, and then what is to be done.
func (p *page) chapterLines(t *terminal, c workbook.Chapter, width int) []string {
	lines := p.overview(t, width)
	lines = append(lines, "")
	r := p.results[c.Name]
	if r.Compiles() {
		for _, s := range r.Steps {
			lines = append(lines, p.stepLine(t, s, width))
		}
		lines = append(lines, "")
	}
	return append(lines, p.task(t, width, max(longest-len(lines), 20))...)
}

// stepLine is a step's line in the list of its chapter's.
func (p *page) stepLine(t *terminal, s check.Step, width int) string {
	mark := t.dim("○")
	switch {
	case s.Done():
		mark = t.styled("32", "●")
	case p.next == target{s.Chapter.Name, s.Number}:
		mark = t.styled("33", "◐")
	}
	title := layout.PlainWords(s.Title)
	count := t.say("%d of %d", s.Passed, len(s.Tests))
	title = layout.Shorten(title, width-10-len(count))
	return fmt.Sprintf("  %s %s  %s %s", mark, name(s), layout.Padded(title, width-11-len(count)), t.dim(count))
}

// arguments separates a subcommand's arguments from the flags. It has none of its
// own but that for help, which it answers: then, or when there are others, it
// is over.
func arguments(t *terminal, name, help string, args []string) (rest []string, exit int, over bool) {
	set := flag.NewFlagSet("lab "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		t.printf("%s", t.say(help))
		return nil, exitOK, true
	case err != nil:
		return nil, t.misused("lab %s: %s", name, strings.TrimSpace(err.Error())), true
	}
	return set.Args(), 0, false
}
