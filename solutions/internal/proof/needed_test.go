package proof

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNeededFiles(t *testing.T) {
	folder := t.TempDir()
	var files []string
	for name, text := range map[string]string{
		"main_test.go":  "package x\nfunc TestMain(m int) { start() }\n",
		"start_test.go": "package x\nfunc start() {}\n",
		"one_test.go":   "package x\nfunc TestOne(t int) { givenOne() }\n",
		"given_test.go": "package x\nfunc givenOne() { var w wantThis; w.be() }\n",
		"want_test.go":  "package x\ntype wantThis int\nfunc (wantThis) be() {}\nfunc TestWant(t int) {}\n",
		"two_test.go":   "package x\nfunc TestTwo(t int) { givenOne() }\n",
	} {
		file := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		files = append(files, file)
	}
	kept, err := neededFiles(files, "TestOne", "TestMain")
	require.NoError(t, err)
	var names []string
	for _, file := range kept {
		names = append(names, filepath.Base(file))
	}
	require.ElementsMatch(t, []string{"one_test.go", "main_test.go", "start_test.go", "given_test.go", "want_test.go"}, names)
}
