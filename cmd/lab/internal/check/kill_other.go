//go:build !windows

package check

import (
	"os/exec"
	"syscall"
)

// killTogether has the end of a command be the end of what it started too: the
// tests of a chapter are a child of a child.
func killTogether(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
