// Package stack is the protocol stack of one host. It runs five chapters as one
// TCP, in the order of RFC 9293 §3.10.
//
//	segments ─ Arrive ─▶ which socket? ─▶ by its state:
//	                     roster, chapter 1     LISTEN, SYN-SENT, SYN-RECEIVED   chapter 2
//	                     none: a RST mostly    from ESTABLISHED on              chapters 3, 4
//	                                           TIME-WAIT                        chapter 5
//	                                                    │
//	calls ──── Write, Read, Close, … ──────────────────▶│
//	time ───── Timeout: whose timer is due? ───────────▶│
//	                                                    ▼
//	                                       the end of the event (event.go):
//	                                       chapter 3's Output, chapter 4's SendFIN
//	                                       Callbacks.Changed: what became of the socket
//	                                       Callbacks.Send:    each segment that leaves
//	                                                    │
//	           Deadline: when to call Timeout next ◀────┘
//
// A Stack is pure: segments, calls and the time go in; segments, events and the
// next deadline come out. It starts no goroutine, reads no clock and takes no
// lock, so whoever runs it decides what time it is, and one call at a time may
// be made. Package sockets runs it in real time, package script in a test's.
//
// A learner who wants to see how a TCP is put together reads chapters.go, arrive.go,
// event.go and timeout.go. The sockets are in a roster (roster.go), which finds them,
// and wakes those of which only a record is kept, because they are in TIME-WAIT and
// nobody holds them any more. The other files are each about one thing that a host needs
// besides: ports, listeners, the text of a SYN, the bounds on memory, orphans, segments
// that come together. heap.go and timewait_store.go are not needed to understand TCP.
package stack
