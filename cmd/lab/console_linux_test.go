package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tcpworkbook/cmd/lab/internal/layout"
)

// openConsole opens a pseudo-terminal of 80 columns and 40 lines. It returns nil
// where there is none to be had.
func openConsole(t *testing.T) *console {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Logf("no pseudo-terminal: %v", err)
		return nil
	}
	c := &console{t: t, keyboard: keyboard}
	number := 0
	c.control(func(fd int) (err error) {
		number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		return errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)) // unlocked
	})
	c.terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	c.resize(layout.Columns, 40)
	return c
}

// attach has the command run in a session of its own, whose terminal this is.
func (c *console) attach(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
}

// resize gives the terminal another size, and tells the command so.
func (c *console) resize(width, height uint16) {
	c.t.Helper()
	c.control(func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height})
	})
}

// cooked reports whether the terminal itself shows and edits what is typed, as it
// does where no command has asked for each key.
func (c *console) cooked() (is bool) {
	c.t.Helper()
	c.control(func(fd int) error {
		settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err == nil {
			is = settings.Lflag&unix.ICANON != 0 && settings.Lflag&unix.ECHO != 0
		}
		return err
	})
	return is
}

// control makes a system call with the terminal.
func (c *console) control(call func(fd int) error) {
	c.t.Helper()
	raw, err := c.keyboard.SyscallConn()
	require.NoError(c.t, err)
	require.NoError(c.t, errors.Join(raw.Control(func(fd uintptr) { err = call(int(fd)) }), err))
}
