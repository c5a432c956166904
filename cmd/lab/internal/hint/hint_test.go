package hint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// TestEveryHintOfThisWorkbookFits shows every hint to every step of this very workbook,
// in each edition.
func TestEveryHintOfThisWorkbookFits(t *testing.T) {
	for _, edition := range workbook.Editions {
		b, err := book.Open(edition)
		require.NoError(t, err)
		out := &terminal.Terminal{Color: true}
		out.Speak(edition)
		for _, c := range b.Chapters {
			for _, s := range check.Steps(c) {
				name := book.StepName(s)
				assert.Equal(t, edition, s.Edition)
				assert.GreaterOrEqual(t, len(s.Hints()), 2, name)
				for n := range len(s.Hints()) + 1 {
					booktest.Fits(t, name, hint(out, b, s, n, out.Command()+" hint "+name, layout.Columns))
				}
			}
		}
	}
}
