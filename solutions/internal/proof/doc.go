// Package proof is the machinery of solutions/proof_test.go, which proves that
// the workbook's tests are right: each can be passed, none is passed by doing
// nothing, and each known mistake is caught by a test that names it. See
// solutions/README.md for how the proof is run and read.
//
// A chapter's tests live once, beside its stubs. They are run against any other
// implementation of the chapter, the reference, the reference with one mistake in it, a
// variant, in one of two ways. [StandIn] is one program with all of them. [Apart] lays
// the tests over each, by the toolchain's own -overlay, and compiles that [Program] as
// go test does, which takes half a second.
package proof
