// Package guard runs a chapter's tests so that whatever a learner's code does costs no
// more than the test that it is done in.
//
// What can go wrong, and what is done then:
//
//	a call panics, or ends its goroutine    Worker tells it: the test fails, with the place
//	a call does not come back               Worker gives it up after three seconds, leaves
//	                                        it behind, and tells where it is or waits
//	a call takes ever more memory           Worker tells it in time, and Die ends the process
//	a test ends the process: os.Exit,       the process has made no report that it was over:
//	log.Fatal, a stack that overflows,      each test runs again in a process of its own, and
//	a panic beside a Worker                 the one that dies has failed; its last words,
//	                                        or the source, tell why
//	an init function does                   it cannot end the process that watches: that one
//	                                        never runs the learner's code
//	it prints "--- PASS: TestX"             what was printed does not agree with itself: each
//	                                        test runs again, and its exit status is believed
//	it prints without end                   what is kept has a bound; then the process is killed
//	it prints what terminals obey           control characters are shown as Go quotes them
//
// Where all is in order it shows, of a chapter whose tests fail, what there is to do next:
// see brief.go. Under a debugger it stands aside: see debugger.go.
//
// A test that passes runs again in a process where [Variation] is another, and fails if it
// fails there: so what must not matter may differ, the initial sequence numbers above all,
// whether timestamps and window scaling were agreed on, and whether the host has another socket.
//
// Three things nested in each other do that, and each catches what the one inside it
// cannot:
//
//	go test
//	  └─ first process     supervise: started by this package's init, it runs none of the
//	       │               learner's code, believes or does not, and prints
//	       │ starts, and reads its reports and all that it prints
//	       ▼
//	     second process    Main: runs the tests, together or, if that went wrong, one
//	       └─ a test       its goroutine keeps the test's deadline, and may be ended
//	            │ Do, Trouble
//	            ▼
//	          Worker       the goroutine on which the learner's code runs
//
// The package knows nothing of TCP, and nothing of how a test is written: package script
// makes its calls through a Worker, and a chapter's TestMain is Main.
package guard
