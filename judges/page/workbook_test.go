package page

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// scratch are folders to remove in the end.
var scratch []string

func newScratch() (string, error) {
	folder, err := os.MkdirTemp("", "page")
	scratch = append(scratch, folder)
	return folder, err
}

// lab is the workbook's command, compiled.
var lab = sync.OnceValues(func() (string, error) {
	folder, err := newScratch()
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "lab")
	build := exec.Command("go", "build", "-o", program, "./cmd/lab")
	build.Dir = "../.."
	return program, told(build)
})

// exported is where the page was written: a folder, and a file.
type exported struct{ folder, file string }

// export is the page with nothing but the reference behind it.
var export = sync.OnceValues(func() (exported, error) {
	program, err := lab()
	if err != nil {
		return exported{}, err
	}
	folder, err := newScratch()
	e := exported{filepath.Join(folder, "site"), filepath.Join(folder, "page.html")}
	for _, place := range []string{e.folder, e.file} {
		if err == nil {
			write := exec.Command(program, "play", "5.1", "--ref", "--export", place)
			write.Dir = "../.."
			err = told(write)
		}
	}
	return e, err
})

// told runs a command; the error has in it what it printed.
func told(c *exec.Cmd) error {
	out, err := c.CombinedOutput()
	if err != nil {
		return &os.PathError{Op: string(out), Path: c.Path, Err: err}
	}
	return nil
}

// served serves the exported folder, and returns its address.
func served(t *testing.T) string {
	t.Helper()
	e, err := export()
	require.NoError(t, err)
	server := httptest.NewServer(http.FileServer(http.Dir(e.folder)))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// workbook makes a copy of the workbook, to change chapters in.
func workbook(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"chapters", "solutions", "kit", "cmd"} {
		require.NoError(t, os.CopyFS(filepath.Join(folder, name), os.DirFS(filepath.Join("../..", name))))
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o666))
	}
	return folder
}

// handIn puts the reference's chapter in the place of the stub, as if the learner had
// written it; change changes the text of each of its files.
func handIn(t *testing.T, workbook, chapter string, change func(name, text string) string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../solutions", chapter, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	old, err := filepath.Glob(filepath.Join(workbook, "chapters", chapter, "*.go"))
	require.NoError(t, err)
	for _, file := range old {
		if !strings.HasSuffix(file, "_test.go") {
			require.NoError(t, os.Remove(file))
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		name := filepath.Base(file)
		require.NoError(t, os.WriteFile(filepath.Join(workbook, "chapters", chapter, name), []byte(change(name, string(text))), 0o666))
	}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/`)

// play runs lab play in a workbook, and returns the page's address.
func play(t *testing.T, workbook, scenario string) string {
	t.Helper()
	return serving(t, workbook, "play", scenario)
}

// serving runs a subcommand of lab's that serves a page, and returns its address.
func serving(t *testing.T, workbook string, args ...string) string {
	t.Helper()
	program, err := lab()
	require.NoError(t, err)
	command := exec.Command(program, append(args, "--no-open")...)
	command.Dir = workbook
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt)
		command.Wait()
	})
	stuck := time.AfterFunc(5*time.Minute, func() { command.Process.Kill() })
	defer stuck.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := address.FindString(lines.Text()); at != "" {
			go func() { // or lab would wait for somebody to read
				for lines.Scan() {
				}
			}()
			return at
		}
	}
	require.FailNow(t, "lab did not say where the page is", "%v: %s", args, complaints.String())
	return ""
}
