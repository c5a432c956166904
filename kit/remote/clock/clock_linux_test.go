package clock

import (
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// started starts a program of the shell's, in a process below it.
func started(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	c := exec.Command("/bin/sh", "-c", script+"\n:")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		c.Wait()
	})
	return c
}

// follow calls Spent for a while, and returns what it says at the end.
func follow(c *Clock, d time.Duration) (spent time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		spent = c.Spent()
	}
	return spent
}

func TestWhoSleepsHasTime(t *testing.T) {
	c := Of(started(t, "/bin/sleep 60").Process.Pid)
	assert.Greater(t, follow(c, time.Second), 500*time.Millisecond)
}

func TestWhoIsStoppedHasLittle(t *testing.T) {
	program := started(t, "while :; do :; done")
	c := Of(program.Process.Pid)
	follow(c, 200*time.Millisecond)
	require.NoError(t, syscall.Kill(-program.Process.Pid, syscall.SIGSTOP))
	time.Sleep(50 * time.Millisecond)
	before := c.Spent()
	assert.Less(t, follow(c, time.Second)-before, 250*time.Millisecond)
	require.NoError(t, syscall.Kill(-program.Process.Pid, syscall.SIGCONT))
	for end := time.Now().Add(time.Minute); c.Spent() <= before; time.Sleep(50 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "a loop that goes on has time")
	}
}

// Of processes that want a processor, each has no more than what it gets.
func TestWhoWaitsForAProcessorHasNone(t *testing.T) {
	crowd := 4 * runtime.NumCPU()
	if crowd > 64 {
		t.Skip("too many processors to keep busy")
	}
	var clocks []*Clock
	for range crowd {
		clocks = append(clocks, Of(started(t, "exec nice -n 19 /bin/sh -c 'while :; do :; done'").Process.Pid))
	}
	began, sum := time.Now(), time.Duration(0)
	for time.Since(began) < time.Second/2 {
		time.Sleep(20 * time.Millisecond)
		sum = 0
		for _, c := range clocks {
			sum += c.Spent()
		}
	}
	assert.Less(t, sum, 2*time.Duration(runtime.NumCPU())*time.Since(began))
}

func TestWhoHasEnded(t *testing.T) {
	program := started(t, ":")
	require.NoError(t, program.Wait())
	c := Of(program.Process.Pid)
	assert.Less(t, c.Spent(), time.Minute, "it is not there, and nobody knows better than real time")
}

func TestBothWaysFindChildren(t *testing.T) {
	program := started(t, "/bin/sleep 60 & /bin/sleep 60 &\nwait").Process.Pid
	var found []int
	for end := time.Now().Add(time.Minute); len(found) < 2 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		found = searched(program)
	}
	assert.Len(t, found, 2)
	if all, told := listed(program); told {
		assert.ElementsMatch(t, found, all)
	}
}
