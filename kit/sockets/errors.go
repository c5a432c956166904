package sockets

import (
	"context"
	"io"
	"net"
	"os"
	"syscall"
)

// A timeoutError is what Dial returns when its time was up: package net's own
// has no name.
type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }
func (timeoutError) Is(target error) bool {
	return target == context.DeadlineExceeded || target == os.ErrDeadlineExceeded
}

// A canceledError is what Dial returns when its context was canceled.
type canceledError struct{}

func (canceledError) Error() string        { return "operation was canceled" }
func (canceledError) Is(target error) bool { return target == context.Canceled }

// contextError returns err, of a context, as package net would.
func contextError(err error) error {
	switch err {
	case context.Canceled:
		return canceledError{}
	case context.DeadlineExceeded:
		return timeoutError{}
	}
	return err
}

// failure says which call on the connection failed; nil and io.EOF stay what they
// are.
func (c *Conn) failure(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: c.network, Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: systemError(op, err)}
}

// systemError says which system call would have returned err, as package net
// does.
func systemError(call string, err error) error {
	if number, ok := err.(syscall.Errno); ok {
		return os.NewSyscallError(call, number)
	}
	return err
}
