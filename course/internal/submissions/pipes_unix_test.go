//go:build unix

package submissions

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who opens a pipe that nobody writes to waits for ever.
func TestNobodyWaitsForAPipe(t *testing.T) {
	files := map[string]string{
		"kim/03-transfer/a.go": chapterFile, "lee/03-transfer/a.go": chapterFile, "lee/.git/x": "", "seo/a.go": chapterFile,
		"han/b.go": chapterFile,
	}
	root := lay(t, files)
	for _, name := range []string{"kim/handout.json", "lee/.git/HEAD", "seo/submission_metadata.yml", "han/a.zip", "han/a.go"} {
		require.NoError(t, syscall.Mkfifo(filepath.Join(root, name), 0o666))
	}
	over := make(chan map[string]string, 1)
	go func() { over <- found(t, root) }()
	select {
	case who := <-over:
		assert.Equal(t, "a.go", who["kim"])
		assert.Equal(t, "a.go", who["lee"])
		assert.Contains(t, who["seo"], "submission_metadata.yml: is a named pipe")
		assert.Contains(t, who["han"], "a.go: is a named pipe, and not a file")
	case <-time.After(20 * time.Second):
		t.Fatal("it waits")
	}
	assert.Contains(t, found(t, filepath.Join(root, "seo"))["seo"], "submission_metadata.yml: is a named pipe")
}
