//go:build !race

package gvisor

const raced = false
