package serve

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWayIn(t *testing.T) {
	assert.Contains(t, wayIn("linux"), "--real, as root")
	for _, other := range []string{"darwin", "windows"} {
		assert.Contains(t, wayIn(other), "Linux only")
		assert.NotContains(t, wayIn(other), "--real")
	}
}
