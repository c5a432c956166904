//go:build unix

package serve

import (
	"syscall"
	"time"
)

// processorTime returns how much of it this process has had.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return since()
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
