package main

import (
	"errors"
	"net"
	"time"
)

// A peer is one way for two programs to talk.
type peer struct {
	name string

	// open makes a network for one measurement. Where the TIME-WAIT that follows a
	// connection can be chosen, it lasts as long as told.
	open func(timeWait time.Duration) (network, error)

	// skip says, when not "", why this machine can't run it.
	skip string

	// remote measures elsewhere than in this process; nil for most.
	remote func(work string, d time.Duration) ([]float64, error)

	only     string // the only work it does; "" for all
	noChurn  bool   // it has no connections to open
	noMemory bool   // it has no sockets to weigh
	kernel   bool   // its memory is the kernel's
}

// A network is where a client dials one server.
type network interface {
	Dial() (net.Conn, error)
	Accept() (net.Conn, error)
	Close()
}

// How long TIME-WAIT lasts, where it can be chosen: short while connections are
// opened and closed as fast as possible, long while the records are weighed.
const (
	shortTimeWait = 10 * time.Millisecond
	longTimeWait  = 4 * time.Minute
)

// The names that the report compares.
const (
	ours1500      = "ours, MTU 1500"
	oursNagle     = "ours, MTU 1500, Nagle"
	oursThrough   = "ours, MTU 1500, each write sent"
	ours65535     = "ours, MTU 65535"
	kernelDefault = "kernel, loopback"
	kernelNagle   = "kernel, loopback, Nagle"
	kernel1500    = "kernel, MTU 1500, no offloads"
	anyGVisor     = "gVisor"
	roof1500      = "roofline, MTU 1500"
	roof65535     = "roofline, MTU 65535"
)

// peers returns all of them.
func peers() []*peer {
	all := []*peer{oursPeer(ours1500, 1500), oursNaglePeer(), oursThroughPeer(), oursPeer(ours65535, 65535), kernelPeer(), kernelNaglePeer(), bareKernelPeer()}
	all = append(all, gvisorPeers()...)
	return append(all, unixPeer(), pipePeer(), rooflinePeer(roof1500, 1500), rooflinePeer(roof65535, 65535))
}

// connect opens one connection and returns both ends.
func connect(n network) (client, server net.Conn, err error) {
	type accepted struct {
		conn net.Conn
		err  error
	}
	done := make(chan accepted, 1)
	go func() {
		c, err := n.Accept()
		done <- accepted{c, err}
	}()
	client, err = n.Dial()
	if err != nil {
		return nil, nil, err
	}
	a := <-done
	return client, a.conn, a.err
}

// noLoopback begins why a namespace is of no use that was made.
const noLoopback = "its loopback is not as it should be"

// errWrong says that what came is not what was sent.
var errWrong = errors.New("the wrong bytes came back")
