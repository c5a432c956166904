package serve

import (
	"os"
	"strconv"
	"syscall"
)

// limitThreads limits the threads of this process, for good. Root has no limit, and then it is
// for who has started it to look.
func limitThreads() {
	n, err := strconv.ParseUint(os.Getenv(ThreadsVariable), 10, 64)
	if err != nil {
		return
	}
	const processes = 6 // RLIMIT_NPROC, which package syscall does not name
	if err := syscall.Setrlimit(processes, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
		os.Stderr.WriteString("serve: threads: " + err.Error() + "\n")
	}
}
