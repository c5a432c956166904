package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

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
