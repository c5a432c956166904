package reset

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/kit/workbook"
)

func TestRestoreBringsTheLatestBackAndLosesNothing(t *testing.T) {
	booktest.Enter(t)
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	c, stub := b.Chapters[0], booktest.Read(t, booktest.Greeting)
	now := time.Date(2026, 11, 22, 11, 30, 0, 0, time.UTC)

	restored, kept, err := restore(b, c, now)
	require.NoError(t, err)
	assert.Empty(t, append(restored, kept...), "nothing was kept")

	written := func(n string) string { return strings.Replace(stub, `return ""`, "return \""+n+"\"", 1) }
	for _, n := range []string{"first", "second"} {
		booktest.Write(t, booktest.Greeting, written(n))
		booktest.Write(t, "chapters/01-greeting/own.go", "package greeting\n\n// "+n)
		_, err := reset(b, c, now)
		require.NoError(t, err)
	}
	restored, kept, err = restore(b, c, now)
	require.NoError(t, err)
	assert.Equal(t, []string{"greeting.go", "own.go"}, restored)
	assert.Empty(t, kept, "a stub need not be kept")
	assert.Equal(t, written("second"), booktest.Read(t, booktest.Greeting))
	assert.Contains(t, booktest.Read(t, "chapters/01-greeting/own.go"), "second")

	restored, kept, err = restore(b, c, now.Add(time.Minute))
	require.NoError(t, err)
	assert.Equal(t, []string{"greeting.go", "own.go"}, restored, "and then the one before it")
	assert.Equal(t, []string{"greeting.go.kept-2026-11-22T1131", "own.go.kept-2026-11-22T1131"}, kept)
	assert.Equal(t, written("first"), booktest.Read(t, booktest.Greeting))
	assert.Equal(t, written("second"), booktest.Read(t, booktest.Greeting+".kept-2026-11-22T1131"))
}
