package life

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os/exec"
	"slices"
	"strings"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/link/tun"
)

// Real lets the operating system's own TCP fetch the page from a web server on
// ours, through a TUN device, and returns when the server's last socket is
// deleted. The states of the kernel's end are Unknown. It needs Linux and the
// rights of root; the error says so in one sentence. Apart from that it is as
// Run, weather and all.
func Real(ctx context.Context, o Options) (*Life, error) {
	kernel, ours, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	device, err := tun.Open(tun.Config{Addresses: []netip.Prefix{kernel}, MTU: MTU})
	if err != nil {
		return nil, err
	}
	defer device.Close()
	p, err := newPlay(&o)
	if err != nil {
		return nil, err
	}
	defer p.link.Close()
	p.server = ours
	p.recorder.ends[ladder.Left].unseen = true
	p.bridge(device)
	server, err := p.plug(p.link.B(), ladder.Right, ours)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	// A kernel's client closes as soon as it knows that it has the whole page. If
	// the server is to be first, it must not let it know.
	web, err := p.serve(server, o.Closer == ladder.Right)
	if err != nil {
		return nil, err
	}
	err = p.perform(ctx, []host{{"server", server}}, p.fetchByKernel)
	return p.end(web, []host{{"server", server}}, "kernel", err)
}

// bridge connects the left end of the link with the kernel.
func (p *play) bridge(device link.End) {
	end := &watchedEnd{End: p.link.A(), side: ladder.Left, witness: p.recorder, moment: &p.moment}
	pass := func(to link.End) link.Handler {
		return func(frames []*link.Frame) {
			to.Send(frames)
			to.Deliver()
		}
	}
	end.Attach(pass(device))
	device.Attach(pass(end))
}

// fetchByKernel gets the page with curl; without curl on this machine, with
// net/http as everybody uses it.
func (p *play) fetchByKernel(ctx context.Context) error {
	command := Command(p.server, p.options.Path)
	if _, err := exec.LookPath(command[0]); err != nil {
		return p.fetchByNet(ctx)
	}
	curl := exec.CommandContext(ctx, command[0], command[1:]...)
	var complaint strings.Builder
	curl.Stderr = &complaint
	output, err := curl.Output()
	if err != nil {
		return fmt.Errorf("curl: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(output)), nil)
	if err != nil {
		return fmt.Errorf("curl: %w", err)
	}
	return p.keep(response)
}

// Command is how curl is called to fetch a page from the server.
func Command(server netip.Addr, path string) []string {
	return []string{"curl", "-i", "-sS", "--noproxy", "*", PageAddress(server, path)}
}

// fetchByNet gets the page with package net's TCP, which is the kernel's.
func (p *play) fetchByNet(ctx context.Context) error {
	browser := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer browser.CloseIdleConnections()
	return p.fetch(ctx, browser)
}

// testNetwork is what RFC 2544 sets aside for tests between machines.
var testNetwork = netip.MustParsePrefix("198.18.0.0/15")

// freeAddresses chooses a network of two addresses that this machine has no part
// in yet: the kernel's, with the network's length, and ours.
func freeAddresses() (kernel netip.Prefix, ours netip.Addr, err error) {
	taken, err := net.InterfaceAddrs()
	if err != nil {
		return kernel, ours, fmt.Errorf("list this machine's addresses: %w", err)
	}
	const bits, attempts = 30, 100
	for range attempts {
		first := testNetwork.Addr().As4()
		n := binary.BigEndian.Uint32(first[:]) + rand.Uint32N(1<<(bits-testNetwork.Bits()))<<(32-bits)
		binary.BigEndian.PutUint32(first[:], n)
		network := netip.PrefixFrom(netip.AddrFrom4(first), bits)
		if !slices.ContainsFunc(taken, func(a net.Addr) bool { return overlap(network, a) }) {
			address := network.Addr().Next()
			return netip.PrefixFrom(address, bits), address.Next(), nil
		}
	}
	return kernel, ours, fmt.Errorf("this machine uses all of %v already", testNetwork)
}

// overlap reports whether a network contains addresses of an interface's.
func overlap(network netip.Prefix, interfaceAddress net.Addr) bool {
	other, err := netip.ParsePrefix(interfaceAddress.String())
	return err == nil && other.Overlaps(network)
}
