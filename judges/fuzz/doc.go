// Package fuzz judges the stack by abuse. Two hosts that run the reference are
// driven by a string of bytes: calls of applications, segments that get lost,
// repeated and reordered, segments that nobody honest would send, and time. After
// each step everything that must hold of a TCP, whatever happens to it, is
// checked.
//
// The bytes come from Go's fuzzer (FuzzStack), which keeps what reaches new
// code, or from a generator with a seed (TestRandom):
//
//	go test ./fuzz -v -run TestRandom -lasting 1h -timeout 0
//	go test ./fuzz -run '^$' -fuzz FuzzStack -fuzztime 1h -fuzzminimizetime 10x
//
// What was found has a test of its own, in found_test.go.
package fuzz
