package class

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
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
