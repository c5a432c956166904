package page

import (
	"context"
	"errors"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/terminal"
)

// Current finds the step that the learner is at; its number is 0 when every step is done.
// Where something else has to be done first, as when a chapter does not compile, it returns
// what to say of that instead.
func Current(ctx context.Context, t *terminal.Terminal, b *book.Book) (s check.Step, instead []string, err error) {
	b.Compile(ctx, t)
	for _, c := range b.Order() {
		t.Passing(t.Say("looking at chapter %d …", c.Number))
		r := check.Chapter(ctx, c)
		t.Passing("")
		if ctx.Err() != nil {
			return s, nil, errors.New("interrupted")
		}
		p := New(b, []check.Result{r})
		if s, ok := p.Step(); ok {
			return s, nil, nil
		}
		if p.Next.Chapter != "" {
			return s, p.Task(t, t.Width(), Longest), nil
		}
	}
	return s, nil, nil
}
