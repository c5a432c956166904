package class

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
)

var (
	keep    = flag.String("keep", "", "write the class to this folder")
	size    = flag.Int("size", 300, "of the class that is kept")
	chapter = flag.String("chapter", "3", "of the class that is kept")
)

func TestTheSameSeedMakesTheSameClass(t *testing.T) {
	w, err := place.Find(".")
	require.NoError(t, err)
	for _, c := range w.Chapters {
		one, err := Make(c, 7, 60)
		require.NoError(t, err)
		other, err := Make(c, 7, 60)
		require.NoError(t, err)
		assert.Equal(t, one, other)
		third, err := Make(c, 8, 60)
		require.NoError(t, err)
		assert.NotEqual(t, one, third)
	}
}

// TestKeep writes a class for a person to try the commands with:
//
//	go test ./internal/class -run TestKeep -keep /tmp/class -size 300
func TestKeep(t *testing.T) {
	if *keep == "" {
		t.Skip("-keep names no folder")
	}
	w, err := place.Find(".")
	require.NoError(t, err)
	c, err := w.Chapter(*chapter)
	require.NoError(t, err)
	all, err := Make(c, 7, *size)
	require.NoError(t, err)
	require.NoError(t, Write(*keep, c, all))
}
