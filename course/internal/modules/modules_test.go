package modules

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A module cache may lie in any folder: here one where a module is that nobody else has.
func TestAModuleCacheInAnyFolder(t *testing.T) {
	assert.Equal(t, "file:///C:/Users/R&D%2C%20x", fileURL("C:/Users/R&D, x"))
	if runtime.GOOS == "windows" {
		t.Skip("| and ? are in no name there")
	}
	cache := filepath.Join(t.TempDir(), "wörk, #1 50% a%20b|c?d")
	at := filepath.Join(cache, "cache", "download", "example.com", "m", "@v")
	require.NoError(t, os.MkdirAll(at, 0o777))
	for name, text := range map[string]string{"v1.0.0.info": `{"Version":"v1.0.0"}`, "v1.0.0.mod": "module example.com/m\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(at, name), []byte(text), 0o666))
	}
	t.Setenv("GOMODCACHE", cache)
	t.Setenv("GOPROXY", "off")
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module m\n\ngo 1.25.0\n\nrequire example.com/m v1.0.0\n"), 0o666))
	files, err := Proxy(t.Context(), Command{Folder: folder, Arguments: []string{"mod", "graph"}})
	require.NoError(t, err)
	assert.Contains(t, files, "example.com/m/@v/v1.0.0.mod")
}
