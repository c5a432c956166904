package book

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/kit/workbook"
)

func TestWhichChapterIsMeant(t *testing.T) {
	booktest.Enter(t)
	b, err := Open(workbook.English)
	require.NoError(t, err)
	for _, meant := range []string{"2", "02", "counting", "02-counting", "chapters/02-counting/", "./chapters/02-counting"} {
		c, err := b.Chapter(meant)
		require.NoError(t, err, meant)
		assert.Equal(t, 2, c.Number)
	}
	for _, meant := range []string{"", "3", "0", "-2", "count", "02-", "2.1"} {
		_, err := b.Chapter(meant)
		assert.ErrorContains(t, err, "there are 01-greeting, 02-counting", meant)
	}
}
