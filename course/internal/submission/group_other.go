//go:build !unix

package submission

import "os/exec"

// own does nothing: a command is ended alone here.
func own(*exec.Cmd) {}
