//go:build !linux

package main

import (
	"os/exec"
	"testing"
)

// openConsole returns nil: how to open a pseudo-terminal is each system's own
// affair, and here only that of Linux is known.
func openConsole(*testing.T) *console { return nil }

func (c *console) attach(*exec.Cmd)            {}
func (c *console) resize(width, height uint16) {}
func (c *console) cooked() bool                { return true }
