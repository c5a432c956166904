//go:build race

package gvisor

// raced says that the race detector watches: everything takes ten times as long,
// and time-outs do not.
const raced = true
