//go:build !race

package proof

// Race says that the proof itself was built with the race detector: then the
// chapters' tests are too, where that may find something.
const Race = false
