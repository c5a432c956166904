package trace

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestShellCommand(t *testing.T) {
	assert.Equal(t, `curl --noproxy '*' 'http://h/it'\''s?a=1'`, shellCommand([]string{"curl", "--noproxy", "*", "http://h/it's?a=1"}))
}
