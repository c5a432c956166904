// Package sockets is the socket library of a host: blocking calls as package
// net has them, on top of a protocol stack that only computes.
//
//	application   Dial  Listen  Accept  Read  Write  Close     net.Conn, net.Listener
//	───────────────────────────────────────────────────────
//	sockets       Host: one lock, one timer                    goroutines wait here
//	stack         segments, calls and the time in; segments, events and a deadline out
//	link          an End: packets out, packets in
//
// A [Host] is one machine on the network: addresses, a stack that runs five
// chapters, and one end of a link. Everything that happens to it, a call of the
// application, a packet that arrives, a timer that expires, takes the same course:
//
//  1. take the host's lock and ask what time it is,
//  2. hand the stack what has happened,
//  3. write the segments it answers with as packets,
//  4. do what is left inside the host: what it sends to itself, what nobody will read,
//  5. wake the goroutines that wait for a socket that has changed,
//  6. set the timer for the stack's next deadline,
//  7. queue the packets at the link, release the lock, and carry them to the other host.
//
// So locks, goroutines and real time are here, and neither in a chapter nor in
// the stack. No goroutine serves a connection: the caller's carries its packets
// over the link, into the other host, and the answers back. Only for what many small
// writes in a row have left in send buffers is one made, for all connections of the
// host; it sends that, and ends. (The link makes one, too, when there is much to carry.)
//
// A connection that the application has closed goes on in the stack without it. When
// the stack is done with its TCB, or needs no more than a trace of it to wait for 2MSL,
// another connection gets that memory: from Close on nobody but the stack may rely on
// it.
//
// Errors are those of package net: a *net.OpError around syscall.ECONNREFUSED,
// os.ErrDeadlineExceeded, net.ErrClosed and their like; io.EOF stands alone.
package sockets
