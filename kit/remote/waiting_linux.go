package remote

import (
	"errors"
	"io"
	"os"
	"syscall"
	"unsafe"
)

// waiting reads a pipe as [os.File] does, but waits in the system and not in Go's scheduler. To
// park the goroutine that asks, to poll, and to start it again takes as long as a call.
type waiting struct {
	pipe syscall.RawConn
	over func() bool // whether nobody is to wait any more; it is looked at every glance
}

func newWaiting(pipe *os.File, over func() bool) io.Reader {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return pipe
	}
	return waiting{raw, over}
}

// Read reads at least a byte, if there is any more.
func (w waiting) Read(p []byte) (n int, err error) {
	closed := w.pipe.Read(func(fd uintptr) bool {
		for {
			err = w.wait(fd)
			if err == nil {
				n, err = syscall.Read(int(fd), p)
			}
			if !errors.Is(err, syscall.EINTR) && !errors.Is(err, syscall.EAGAIN) {
				return true
			}
		}
	})
	switch {
	case closed != nil:
		return 0, closed
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// wait waits until there is something to read: EAGAIN says that there is nothing yet.
func (w waiting) wait(fd uintptr) error {
	if w.over() {
		return os.ErrClosed
	}
	var set syscall.FdSet
	word := 8 * int(unsafe.Sizeof(set.Bits[0]))
	if int(fd) >= word*len(set.Bits) {
		return syscall.EMFILE
	}
	set.Bits[int(fd)/word] |= 1 << (int(fd) % word)
	timeout := syscall.NsecToTimeval(glance.Nanoseconds())
	n, err := syscall.Select(int(fd)+1, &set, nil, nil, &timeout)
	if err == nil && n == 0 {
		return syscall.EAGAIN
	}
	return err
}
