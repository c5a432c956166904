// Package proof is the machinery of solutions/proof_test.go, which proves that
// the workbook's tests are right: each can be passed, none is passed by doing
// nothing, and each known mistake is caught by a test that names it. See
// solutions/README.md for how the proof is run and read.
//
// A chapter's tests live once, beside its stubs. They are laid over any other
// implementation of the chapter by the toolchain's own -overlay: over the
// reference, over the reference with one mistake in it, over a variant. Every
// such [Program] is compiled by go test -c, which takes half a second, and run in
// the folder of the chapter.
package proof
