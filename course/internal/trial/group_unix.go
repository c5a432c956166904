//go:build unix

package trial

import (
	"os/exec"
	"syscall"
)

// group has a command run in a process group of its own, which is ended with it.
func group(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
