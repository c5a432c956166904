package check

import (
	"os/exec"
	"strconv"
)

// killTogether has the end of a command be the end of what it started too: the
// tests of a chapter are a child of a child.
func killTogether(c *exec.Cmd) {
	c.Cancel = func() error {
		if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(c.Process.Pid)).Run() == nil {
			return nil
		}
		return c.Process.Kill()
	}
}
