package progress

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsSavedIsLoaded(t *testing.T) {
	root := t.TempDir()
	p, err := Load(root)
	require.NoError(t, err)
	assert.Empty(t, p.Start)
	p.Start = "04-teardown"
	p.Hints["4.2"] = 1
	require.NoError(t, p.Save(root))

	again, err := Load(root)
	require.NoError(t, err)
	assert.Equal(t, p, again)
	ignore, err := os.ReadFile(filepath.Join(root, folder, ".gitignore"))
	require.NoError(t, err)
	assert.Equal(t, "*\n", string(ignore), "the folder keeps itself out of version control")
	left, err := os.ReadDir(filepath.Join(root, folder))
	require.NoError(t, err)
	assert.Len(t, left, 2, "no drafts are left behind")
}

func TestAFileThatNobodyUnderstandsIsABeginning(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, folder), 0o777))
	for _, text := range []string{"", "no JSON", `{"start": 4}`, "null", `{"start":"x"}`} {
		require.NoError(t, os.WriteFile(filepath.Join(root, folder, name), []byte(text), 0o666))
		p, err := Load(root)
		require.NoError(t, err, text)
		p.Hints["1.1"]++ // there is a map to write to
	}
}

func TestReplaceLeavesNoDraftWhenItFails(t *testing.T) {
	folder := t.TempDir()
	inTheWay := filepath.Join(folder, "x")
	require.NoError(t, os.MkdirAll(filepath.Join(inTheWay, "y"), 0o777))
	require.Error(t, Replace(inTheWay, []byte("text")))
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}
