// Package oracle asks this machine's kernel what a TCP does. The same crafted
// segments go to the kernel, over a TUN device in a network namespace that the
// test makes, and to the stack here: every kind of segment, with sequence and
// acknowledgment numbers in, at the edge of and outside the window, in every
// state. What either answers, the state it ends in and what its application sees
// are compared: of the segments sent the numbers, flags and length of text, and the
// kinds of their options. Windows and the values of those are not: they come from
// how large a buffer is and what a clock shows, and both may choose that as they
// like; but TSecr is, where timestamps are in use. What the options of the crafted
// segments say is asked where it decides something: TSval, and a SYN's MSS and window
// scale. What came with a SYN before, text, is asked about like any other state.
// Before a state's first question both subjects must be seen to be in it.
//
// differences.md lists every case in which the two differ, and why. The test
// fails for a difference that is not listed, and for one that is listed and
// no longer there. answers.md is the record of all that the stack answers, and a
// test that needs no kernel, and runs on every system, fails for any other answer.
// After a change
//
//	go test ./oracle -update
//
// asks the kernel again and writes both tables anew; reasons are kept, and a row
// without one fails the test. Where the kernel can't be asked nothing is written.
// The tables are of one version of the kernel. Another may answer otherwise: then
// the test tells what has changed, and is skipped.
package oracle
