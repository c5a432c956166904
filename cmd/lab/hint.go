package main

import (
	"context"
	"fmt"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
)

const hintHelp = `lab hint gives the next hint to the step that you are at, each time it is asked:
a first one, a second one that says more, and then where the solution is.

  lab hint           to the first step that is not done
  lab hint 2.3       to step 3 of chapter 2

Which hints you have had is kept in the folder .lab.
`

// runHint is `lab hint`.
func runHint(ctx context.Context, t *terminal, args []string) int {
	args, exit, over := arguments(t, "hint", hintHelp, args)
	if over {
		return exit
	}
	b, err := t.openBook()
	if err != nil {
		return t.failed("lab hint: %v", err)
	}
	var s check.Step
	switch len(args) {
	case 0:
		var lines []string
		if s, lines, err = b.current(ctx, t); lines != nil {
			t.show(lines)
			return exitOK
		}
	case 1:
		if s, err = b.step(args[0]); err != nil {
			return t.misused("lab hint: %v", err)
		}
	default:
		return t.misused("lab hint: want one step, such as 2.3")
	}
	if err != nil {
		return t.failed("lab hint: %v", err)
	}
	lines, err := b.nextHint(t, s, t.me()+" hint "+name(s), t.width())
	if err != nil {
		return t.failed("lab hint: %v", err)
	}
	t.show(lines)
	return exitOK
}

// current finds the step that the learner is at. Where there is none, since a
// chapter does not compile or all is done, it returns what to say instead.
func (b *book) current(ctx context.Context, t *terminal) (check.Step, []string, error) {
	for _, c := range b.order() {
		t.passing(t.say("looking at chapter %d …", c.Number))
		r := check.Chapter(ctx, c)
		t.passing("")
		if ctx.Err() != nil {
			return check.Step{}, nil, fmt.Errorf("interrupted")
		}
		p := newPage(b, []check.Result{r})
		if s, ok := p.step(); ok {
			return s, nil, nil
		}
		if p.next.chapter != "" {
			return check.Step{}, p.task(t, t.width(), longest), nil
		}
	}
	return check.Step{}, []string{t.say("Every step is done: there is nothing left to hint at.")}, nil
}

// nextHint returns the hint to a step that follows those which have been given, and
// notes that it has been. It says that ask is how to get the next.
func (b *book) nextHint(t *terminal, s check.Step, ask string, width int) ([]string, error) {
	hints := s.Hints()
	given := min(b.progress.Hints[name(s)], len(hints))
	b.progress.Hints[name(s)] = given + 1
	if err := b.progress.Save(b.root); err != nil {
		return nil, err
	}
	return b.hint(t, s, given, ask, width), nil
}

// hint returns a step's n-th hint, counted from 0; after the last, where the
// solution is.
func (b *book) hint(t *terminal, s check.Step, n int, ask string, width int) []string {
	lines := []string{t.styled("1;36", layout.Shorten(titled(s), width)), ""}
	hints := s.Hints()
	if n >= len(hints) {
		return append(lines, b.wayOut(t, s, width)...)
	}
	lines = append(lines, t.bold(t.say("Hint %d of %d", n+1, len(hints))))
	lines = append(lines, layout.Markdown(hints[n], width)...)
	more := t.say("The next one says more:")
	if n == len(hints)-1 {
		more = t.say("It was the last; then comes the solution:")
	}
	return append(lines, "", t.dim(more)+" "+ask)
}

// wayOut returns where a step's solution is.
func (b *book) wayOut(t *terminal, s check.Step, width int) []string {
	first := t.say("There are no more hints.")
	if len(s.Hints()) == 0 {
		first = t.say("There are no hints to this step.")
	}
	lines := layout.Wrap(first+" "+t.say("Read the lesson once more, draw the segments on paper, sleep over it. Or see how it is written in the solution:"), width)
	lines = append(lines, "")
	for _, f := range b.solved(s) {
		lines = append(lines, fmt.Sprintf("  solutions/%s/%s:%d  %s", s.Chapter.Name, f.File, f.Line, f.Name))
	}
	return append(lines, "", t.dim(t.say("beside your own:"))+" "+t.me()+" solution "+name(s))
}
