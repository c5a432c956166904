//go:build unix

package submission

import (
	"os/exec"
	"syscall"
)

// own has a command run in a process group of its own, which is ended with it.
func own(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
