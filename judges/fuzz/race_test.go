//go:build race

package fuzz

// raced says that the race detector watches: everything takes ten times as long.
const raced = true
