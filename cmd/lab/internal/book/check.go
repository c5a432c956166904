package book

import (
	"context"
	"errors"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// Check runs the tests of some chapters. On a terminal it says meanwhile how far that
// is. The error is that of an interrupt.
func Check(ctx context.Context, t *terminal.Terminal, chapters []workbook.Chapter) ([]check.Result, error) {
	done := 0
	tell := func() {
		t.Passing(t.Say("running the tests: %d of %d chapters …", done, len(chapters)))
	}
	tell()
	results := check.Chapters(ctx, chapters, func(check.Result) { done++; tell() })
	t.Passing("")
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	return results, nil
}
