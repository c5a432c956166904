// Package stack is the protocol stack of one host. It runs five chapters as one
// TCP, in the order of RFC 9293 §3.10.
//
//	segments   Arrive ──▶ roster.lookup ──▶ chapter 1: which socket?
//	                          │ none: chapter 1 answers, with a RST mostly
//	                          ▼
//	              by state:   LISTEN, SYN-SENT, SYN-RECEIVED   chapter 2
//	                          from ESTABLISHED on              chapters 3, then 4
//	                          TIME-WAIT                        chapter 5
//	                          │
//	calls      Write, … ──▶  end of the event ──▶ Output.Changed: what became of the socket
//	time       Timeout  ──▶   │ chapter 3 sends   ──▶ Output.Send: what leaves
//	                          ▼ chapter 4's FIN
//	                      Deadline: when Timeout is to be called
//
// A Stack is pure: segments, calls and the time go in; segments, events and the
// next deadline come out. It starts no goroutine, reads no clock and takes no
// lock, so whoever runs it decides what time it is, and one call at a time may
// be made. Package sockets runs it in real time, package script in a test's.
//
// The sockets are in a roster (roster.go), which finds them, and wakes those that
// are at rest: of a socket in TIME-WAIT that nobody holds any more only a record is
// kept. The ports are in ports.go, listeners and their queues in listeners.go, what
// is done with segments that come together in batch.go. What the stack itself reads
// and writes of a TCB stands in event.go.
package stack
