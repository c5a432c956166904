package mine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

func TestComposeTakesTheLearnersChapters(t *testing.T) {
	text, err := compose([]workbook.Chapter{{Name: "02-handshake", Number: 2}, {Name: "05-timewait", Number: 5}})
	require.NoError(t, err)
	for _, line := range []string{
		"	chapter2 \"tcpworkbook/chapters/02-handshake\"\n", "	chapters.Handshake = chapter2.Chapter{}\n",
		"	chapter5 \"tcpworkbook/chapters/05-timewait\"\n", "	chapters.TimeWait = chapter5.Chapter{}\n",
		"	mine = append(mine, 5)\n", "const Composed = true\n",
	} {
		assert.Contains(t, string(text), line)
	}
	assert.NotContains(t, string(text), "01-")
	_, err = compose([]workbook.Chapter{{Name: "06-more", Number: 6}})
	assert.Error(t, err)
}

// TestTraceOnOnesOwnTCP builds a lab in which two chapters are the learner's:
// these are the reference's here, laid over the stubs.
func TestTraceOnOnesOwnTCP(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles lab")
	}
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	require.Len(t, b.Chapters, 5, "the test needs all chapters: this workbook was handed out without some")
	mine := []workbook.Chapter{b.Chapters[0], b.Chapters[3]}
	overlay := make(map[string]string)
	for _, c := range mine {
		for folder, target := range map[string]string{c.StubFolder(): "", c.SolutionFolder(): "laid over"} {
			files, err := workbook.GoFiles(folder, false)
			require.NoError(t, err)
			for _, file := range files {
				from := filepath.Join(c.StubFolder(), filepath.Base(file))
				if target != "" {
					overlay[from] = file
				} else if overlay[from] == "" {
					overlay[from] = ""
				}
			}
		}
	}
	program, err := build(t.Context(), b, mine, t.TempDir(), overlay)
	require.NoError(t, err)
	out, err := exec.Command(program, "trace", "--mine", "--msl", "1ms").CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.True(t, strings.HasPrefix(string(out), "Yours: chapters 1 and 4. The reference's: chapters 2, 3 and 5.\n"), "%.200s", out)
	assert.Contains(t, string(out), "TIME-WAIT")
	assert.Contains(t, string(out), "\n▌ before a state: your code did that, at that end.\n")
	assert.Regexp(t, `Listen: a socket, port 80 • ▌LISTEN\n`, string(out), "chapter 1 has made it")
	assert.Regexp(t, `s  SYN-SENT +── SYN seq 0 .*▶  SYN-RECEIVED\n`, string(out), "chapter 2 is the reference's")
	assert.Regexp(t, `s ▌CLOSE-WAIT +◀─+ FIN,ACK .* ▌FIN-WAIT-1\n`, string(out), "chapter 4 sends it and takes it")
}

func TestRunProgramTellsHowItDied(t *testing.T) {
	program := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(program, []byte("package main\n\nfunc main() {\n\tpanic(\"no\")\n}\n"), 0o666))
	build := exec.Command("go", "build", "-o", program+".exe", program)
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	var failed strings.Builder
	exit := runProgram(context.Background(), &terminal.Terminal{Out: &failed, Err: &failed}, program+".exe", nil)
	assert.Equal(t, terminal.ExitFailed, exit)
	assert.Equal(t, "lab: your code panicked: no\n", failed.String())
}

func TestAnInterruptMayBeTheWayToEndAProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no interrupt to send to a process")
	}
	folder := t.TempDir()
	source, program, ready := filepath.Join(folder, "main.go"), filepath.Join(folder, "program"), filepath.Join(folder, "ready")
	require.NoError(t, os.WriteFile(source, []byte(`package main

import (
	"os"
	"os/signal"
)

func main() {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	os.WriteFile(os.Args[1], nil, 0o666)
	<-interrupts
}
`), 0o666))
	out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput()
	require.NoError(t, err, "%s", out)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		defer interrupt()
		for ctx.Err() == nil {
			if _, err := os.Stat(ready); err == nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var complaint strings.Builder
	assert.Equal(t, terminal.ExitOK, runProgram(ctx, &terminal.Terminal{Out: &complaint, Err: &complaint}, program, []string{ready}))
	assert.Empty(t, complaint.String())
}
