package reset

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/kit/workbook"
)

func TestResetNeverLosesALine(t *testing.T) {
	booktest.Enter(t)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	stub := booktest.Read(t, booktest.Greeting)
	now := time.Date(2026, 11, 22, 11, 30, 0, 0, time.UTC)

	kept, err := reset(b, b.Chapters[0], now)
	require.NoError(t, err)
	assert.Empty(t, kept, "an untouched chapter is left alone")

	const own = "chapters/01-greeting/own.go"
	for i, want := range [][]string{
		{"greeting.go.kept-2026-11-22T1130", "own.go.kept-2026-11-22T1130"},
		{"greeting.go.kept-2026-11-22T1130-2", "own.go.kept-2026-11-22T1130-2"},
	} {
		text := strings.Replace(stub, `return ""`, "return strings.Repeat(\"x\", "+string(rune('0'+i))+")", 1)
		booktest.Write(t, booktest.Greeting, text)
		booktest.Write(t, own, "package greeting\n\n// "+want[1])
		booktest.Write(t, "chapters/01-greeting/my_test.go", "package greeting\n")

		kept, err := reset(b, b.Chapters[0], now)
		require.NoError(t, err)
		assert.Equal(t, want, kept)
		assert.Equal(t, stub, booktest.Read(t, booktest.Greeting))
		assert.Equal(t, text, booktest.Read(t, "chapters/01-greeting/"+want[0]))
		assert.Contains(t, booktest.Read(t, "chapters/01-greeting/"+want[1]), want[1])
		assert.NoFileExists(t, own)
		assert.FileExists(t, "chapters/01-greeting/my_test.go", "his tests stay")
	}

	require.NoError(t, os.Remove(booktest.Greeting))
	kept, err = reset(b, b.Chapters[0], now)
	require.NoError(t, err)
	assert.Empty(t, kept)
	assert.Equal(t, stub, booktest.Read(t, booktest.Greeting), "a file that is gone comes back")
}
