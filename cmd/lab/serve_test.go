package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/terminal"
)

func TestServeSaysWhatItNeeds(t *testing.T) {
	for _, args := range [][]string{
		{}, {"--mine"}, {"--nonsense"}, {"again"}, {"--real", "again"}, {"--real", "--msl", "3m"}, {"--real", "--msl", "x"},
	} {
		c := call(t, false, append([]string{"serve"}, args...)...)
		assert.Equal(t, terminal.ExitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out, "%q", args)
		oneLine(t, c.err)
		assert.True(t, strings.HasPrefix(c.err, "lab serve: "), c.err)
	}
	assert.Contains(t, wayIn("linux"), "--real, as root")
	for _, other := range []string{"darwin", "windows"} {
		assert.Contains(t, wayIn(other), "Linux only")
		assert.NotContains(t, wayIn(other), "--real")
	}
}

// screenful is what a subcommand has written so far.
type screenful struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // has something in it when there is more
}

func (s *screenful) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *screenful) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestServeUntilInterrupted(t *testing.T) {
	if err := life.Servable(); err != nil {
		t.Skip("a TUN device cannot be had here: ", err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, complaint := &screenful{more: make(chan struct{}, 1)}, &screenful{more: make(chan struct{}, 1)}
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, &terminal.Terminal{Out: out, Err: complaint}, []string{"serve", "--real"}) }()
	for !strings.Contains(out.String(), "Ctrl-C ends it.\n") {
		select {
		case <-out.more:
		case exit := <-ended:
			t.Fatal("it ended: ", exit, complaint)
		}
	}
	assert.Regexp(t, regexp.MustCompile(`Open http://198\.1[89]\.\d+\.\d+/ in a browser`), out.String())
	interrupt()
	assert.Equal(t, terminal.ExitOK, <-ended, "%s", complaint)
	assert.Contains(t, out.String(), "are gone.\n")
	assert.Empty(t, complaint.String())
	fits(t, out.String())
}

func TestAnInterruptMayBeTheWayToEndAProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no interrupt to send to a process")
	}
	folder := t.TempDir()
	source, program, ready := filepath.Join(folder, "main.go"), filepath.Join(folder, "program"), filepath.Join(folder, "ready")
	booktest.Write(t, source, `package main

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
`)
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
