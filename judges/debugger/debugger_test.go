// Package debugger has Delve, which is what VS Code and GoLand debug with, stop in a
// learner's function.
package debugger

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hesitation is how long somebody stands at a breakpoint. A call that takes three seconds
// is an endless loop elsewhere.
const hesitation = 10 * time.Second

// TestABreakpointInALearnersFunction debugs a test of chapter 1, in which the reference's
// files stand in for a learner's: it stops in his function, whose caller is the test,
// waits, takes a step, and passes.
func TestABreakpointInALearnersFunction(t *testing.T) {
	program, err := exec.LookPath("dlv")
	if err != nil {
		t.Skip("there is no dlv here: go install github.com/go-delve/delve/cmd/dlv@v1.27.2")
	}
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("Delve knows no " + runtime.GOARCH)
	}
	d := start(t, program, "test", "--allow-non-terminal-interactive=true",
		"--output="+filepath.Join(t.TempDir(), "chapter.test"), "--build-flags=-overlay="+written(t),
		"--", "-test.run=^TestStep1_RefuseASYN$", "-test.v")

	d.says("break tcpworkbook/chapters/01-socket.Chapter.Answer", "Breakpoint 1 set")
	d.says("continue", "[Breakpoint 1] tcpworkbook/chapters/01-socket.Chapter.Answer()")
	d.says("stack", "01-socket.TestStep1_RefuseASYN")
	time.Sleep(hesitation)
	d.says("print seg.Flags", "SYN")
	d.says("next", "01-socket.Chapter.Answer() ./lookup.go:")
	d.says("clear 1", "Breakpoint 1 cleared")
	d.says("continue", "--- PASS: TestStep1_RefuseASYN")
}

// written returns the list of files that has the reference's stand where a learner
// writes, for go build -overlay.
func written(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(root, "solutions", "01-socket", "*.go"))
	require.NoError(t, err)
	replace := make(map[string]string)
	for _, file := range files {
		replace[filepath.Join(root, "chapters", "01-socket", filepath.Base(file))] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(overlay, text, 0o666))
	return overlay
}

// delve is a debugger at work in chapter 1.
type delve struct {
	t        *testing.T
	keyboard io.Writer
	lines    chan string
}

func start(t *testing.T, program string, args ...string) *delve {
	t.Helper()
	command := exec.Command(program, args...)
	command.Dir = "../../chapters/01-socket"
	command.Env = append(os.Environ(), "TERM=dumb", "HOME="+t.TempDir(), "GOCACHE="+output(t, "go", "env", "GOCACHE"),
		"GOMODCACHE="+output(t, "go", "env", "GOMODCACHE"))
	keyboard, err := command.StdinPipe()
	require.NoError(t, err)
	screen, written, err := os.Pipe()
	require.NoError(t, err)
	command.Stdout, command.Stderr = written, written
	require.NoError(t, command.Start())
	written.Close()
	d := &delve{t: t, keyboard: keyboard, lines: make(chan string, 1000)}
	go func() {
		defer close(d.lines)
		for s := bufio.NewScanner(screen); s.Scan(); {
			d.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		keyboard.Close() // it ends what it debugs, and itself
		command.Wait()
		screen.Close()
	})
	return d
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// says types a command, and waits for a line with what it is to answer.
func (d *delve) says(command, want string) {
	d.t.Helper()
	_, err := io.WriteString(d.keyboard, command+"\n")
	require.NoError(d.t, err)
	late := time.After(2 * time.Minute) // the first waits for the compiler
	var before []string
	for {
		select {
		case line, more := <-d.lines:
			before = append(before, line)
			if strings.Contains(line, want) {
				return
			}
			require.True(d.t, more, "%s: want %q:\n%s", command, want, strings.Join(before, "\n"))
		case <-late:
			require.Fail(d.t, "it does not come", "%s: want %q:\n%s", command, want, strings.Join(before, "\n"))
		}
	}
}
