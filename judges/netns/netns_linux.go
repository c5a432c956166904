package netns

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// A Namespace lives until it is closed and nothing in it is used any more.
type Namespace struct{ fd int }

// New makes a namespace, on a thread that then ends. Its error is the kernel's: EPERM, or
// another that says that this process may make none.
func New() (*Namespace, error) {
	n := &Namespace{fd: -1}
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: no other goroutine may run in the namespace
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			n.fd, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		}
		made <- err
	}()
	if err := <-made; err != nil {
		return nil, err
	}
	return n, nil
}

// Do calls f on a thread in the namespace: sockets that f makes, devices that it opens,
// and processes that it starts, are there.
func (n *Namespace) Do(f func()) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := unix.Setns(n.fd, unix.CLONE_NEWNET)
		if err == nil {
			f()
		}
		done <- err
	}()
	return <-done
}

// Close lets go of the namespace.
func (n *Namespace) Close() error { return unix.Close(n.fd) }
