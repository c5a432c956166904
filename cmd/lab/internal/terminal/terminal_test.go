package terminal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestColorIsForTerminalsThatWantIt(t *testing.T) {
	environment := func(variables map[string]string) func(string) string {
		return func(name string) string { return variables[name] }
	}
	assert.True(t, wantsColor(environment(nil)))
	assert.True(t, wantsColor(environment(map[string]string{"TERM": "xterm", "NO_COLOR": ""})))
	assert.False(t, wantsColor(environment(map[string]string{"NO_COLOR": "1"})))
	assert.False(t, wantsColor(environment(map[string]string{"TERM": "dumb"})))

	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer file.Close()
	assert.False(t, New(file, file).Color, "a file is no terminal")
}
