package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// kernelPeer is package net over the kernel's loopback, as every program has it.
func kernelPeer() *peer {
	return &peer{name: kernelDefault, kernel: true, open: func(time.Duration) (network, error) {
		l, err := net.Listen("tcp4", ":0")
		if err != nil {
			return nil, err
		}
		return &kernel{listener: l, port: l.Addr().(*net.TCPAddr).Port}, nil
	}}
}

// kernel dials a listener at several addresses of the loopback in turn: the
// kernel's TIME-WAIT lasts a minute, and at one address a client would come round to
// ports whose last connection still waits.
type kernel struct {
	listener net.Listener
	port     int
	dialed   atomic.Uint32
}

func (n *kernel) Dial() (net.Conn, error) {
	i := n.dialed.Add(1)
	return net.Dial("tcp4", fmt.Sprintf("127.0.%d.1:%d", i%200, n.port))
}

func (n *kernel) Accept() (net.Conn, error) { return n.listener.Accept() }
func (n *kernel) Close()                    { n.listener.Close() }

// kernelNaglePeer is the same with Nagle's algorithm, which package net switches
// off.
func kernelNaglePeer() *peer {
	p := kernelPeer()
	open := p.open
	p.name, p.only, p.noMemory = kernelNagle, smallWrites, true
	p.open = func(timeWait time.Duration) (network, error) {
		n, err := open(timeWait)
		return nagle{n}, err
	}
	return p
}

type nagle struct{ network }

func (n nagle) Dial() (net.Conn, error) {
	c, err := n.network.Dial()
	if err != nil {
		return nil, err
	}
	return c, c.(*net.TCPConn).SetNoDelay(false)
}

// unixPeer is a unix socket: the kernel without any TCP.
func unixPeer() *peer {
	return &peer{name: "unix socket", noMemory: true, open: func(time.Duration) (network, error) {
		dir, err := os.MkdirTemp("", "bench")
		if err != nil {
			return nil, err
		}
		at := filepath.Join(dir, "socket")
		l, err := net.Listen("unix", at)
		if err != nil {
			return nil, err
		}
		return &unixNetwork{l, at, dir}, nil
	}}
}

type unixNetwork struct {
	net.Listener
	at, dir string
}

func (n *unixNetwork) Dial() (net.Conn, error) { return net.Dial("unix", n.at) }

func (n *unixNetwork) Close() {
	n.Listener.Close()
	os.RemoveAll(n.dir)
}

const pipeName = "net.Pipe"

// pipePeer is net.Pipe: a hand-over inside one process, with no buffer at all.
func pipePeer() *peer {
	return &peer{name: pipeName, noChurn: true, noMemory: true, open: func(time.Duration) (network, error) {
		return pipes(make(chan net.Conn, 1)), nil
	}}
}

type pipes chan net.Conn

func (n pipes) Dial() (net.Conn, error) {
	client, server := net.Pipe()
	n <- server
	return client, nil
}

func (n pipes) Accept() (net.Conn, error) { return <-n, nil }
func (n pipes) Close()                    {}
