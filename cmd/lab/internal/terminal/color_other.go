//go:build !windows

package terminal

import "os"

// enableColor reports whether the terminal understands escape sequences.
func enableColor(*os.File) bool { return true }
