// Package generate writes what kit/stack/chapters.go asks of the five chapters once more: for
// a chapter that is somewhere else, its methods on this side, and their call on the other. Its
// only test tells when what is written is out of date.
package generate

//go:generate go test -run TestGenerated -update
