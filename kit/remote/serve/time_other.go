//go:build !unix

package serve

import "time"

// processorTime returns the real time, which is the most that it can be.
func processorTime() time.Duration { return since() }
