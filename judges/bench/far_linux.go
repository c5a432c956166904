package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"tcpworkbook/judges/netns"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/link/tun"
)

// congestion is the kernel's congestion control: Linux's own default, whatever this
// machine's is.
const congestion = "cubic"

// farKernelPeer is the kernel twice, in two network namespaces. Each has a TUN device,
// and the link is between them.
func farKernelPeer() *farPeer {
	p := &farPeer{name: "kernel, " + congestion, open: farKernel}
	if os.Geteuid() != 0 {
		p.skip = "only root may make the TUN devices and network namespaces that it needs"
	} else if _, err := os.Stat("/dev/net/tun"); err != nil {
		p.skip = "this machine has no /dev/net/tun"
	} else if n, err := netns.New(); err != nil {
		p.skip = fmt.Sprintf("no network namespace could be made: %v", err)
	} else {
		n.Close()
	}
	return p
}

// kernels is that.
type kernels struct {
	client, server kernelHost
	listener       net.Listener
}

func farKernel(l *link.Loopback) (network, error) {
	n := &kernels{}
	err := n.open(l)
	if err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *kernels) open(l *link.Loopback) (err error) {
	if err = n.client.plugInto(l.A(), clientAddr); err != nil {
		return err
	}
	if err = n.server.plugInto(l.B(), serverAddr); err != nil {
		return err
	}
	listen := net.ListenConfig{Control: control}
	return n.server.do(func() (err error) {
		n.listener, err = listen.Listen(context.Background(), "tcp4", oursServer)
		return err
	})
}

func (n *kernels) Dial() (c net.Conn, err error) {
	dialer := net.Dialer{Timeout: limit, Control: control}
	err = n.client.do(func() (err error) {
		c, err = dialer.Dial("tcp4", oursServer)
		return err
	})
	return c, err
}

func (n *kernels) Accept() (net.Conn, error) { return n.listener.Accept() }

func (n *kernels) Close() {
	if n.listener != nil {
		n.listener.Close()
	}
	n.client.close()
	n.server.close()
}

// A kernelHost is the kernel in a namespace, with a TUN device.
type kernelHost struct {
	space  *netns.Namespace
	device *tun.Device
}

// plugInto makes the host and connects its device with an end of the link.
func (h *kernelHost) plugInto(end link.End, addr netip.Addr) (err error) {
	if h.space, err = netns.New(); err != nil {
		return err
	}
	err = h.do(func() (err error) {
		h.device, err = tun.Open(tun.Config{Addresses: []netip.Prefix{netip.PrefixFrom(addr, 24)}})
		return err
	})
	if err != nil {
		return err
	}
	carry := func(to link.End) link.Handler {
		return func(frames []*link.Frame) {
			to.Send(frames)
			to.Deliver()
		}
	}
	end.Attach(carry(h.device))
	h.device.Attach(carry(end))
	return nil
}

func (h *kernelHost) do(f func() error) error {
	var failure error
	err := h.space.Do(func() { failure = f() })
	return errors.Join(err, failure)
}

func (h *kernelHost) close() {
	if h.device != nil {
		h.device.Close()
	}
	if h.space != nil {
		h.space.Close()
	}
}

// control has a socket use that congestion control.
func control(_, _ string, raw syscall.RawConn) error {
	var failure error
	err := raw.Control(func(fd uintptr) {
		failure = unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, congestion)
	})
	return errors.Join(err, failure)
}
