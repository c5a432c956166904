package remote

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhoIsStoppedGoesOn stops a process in the middle of a call, for longer than it may take
// for one. That is the machine's doing, or somebody's, and not the process's.
func TestWhoIsStoppedGoesOn(t *testing.T) {
	t.Parallel()
	const patience = time.Second
	l := &line{command: farCommand(t, "well"), patience: patience}
	t.Cleanup(l.close)
	c := nearTimeWait{l}
	b := socket()
	c.Enter(b, time.Time{})
	pid := l.process.command.Process.Pid
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	var status syscall.WaitStatus
	_, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil) // it may go on until it is seen to have stopped
	require.NoError(t, err)
	require.True(t, status.Stopped())
	goesOn := time.AfterFunc(2*patience, func() { syscall.Kill(pid, syscall.SIGCONT) })
	defer goesOn.Stop()
	began := time.Now()
	require.Nil(t, trouble(func() { c.Enter(b, time.Time{}) }))
	assert.EqualValues(t, 2, b.Snd.Wnd, "it is the same process")
	assert.GreaterOrEqual(t, time.Since(began), 2*patience)
}
