package sockets

import (
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// plain returns addr without a zone, which means nothing here, and an IPv4
// address that is written as an IPv6 one as what it is.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// parseAddress reads "192.0.2.1:80", "[2001:db8::1]:80" or ":80", whose address is
// the zero netip.Addr. There is nobody to ask for the address of a name.
func parseAddress(network, address string) (netip.AddrPort, error) {
	if err := checkNetwork(network); err != nil {
		return netip.AddrPort{}, err
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return netip.AddrPort{}, &net.AddrError{Err: "port is not a number from 0 to 65535", Addr: address}
	}
	if host == "" {
		return netip.AddrPortFrom(netip.Addr{}, uint16(port)), nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, &net.DNSError{Err: "names can't be looked up here, use an IP address", Name: host, IsNotFound: true}
	}
	return netip.AddrPortFrom(plain(addr), uint16(port)), nil
}

func checkNetwork(network string) error {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return nil
	}
	return net.UnknownNetworkError(network)
}

// speaks reports whether addresses like addr belong to the network.
func speaks(network string, addr netip.Addr) bool {
	return network == "tcp" || (network == "tcp4") == addr.Is4()
}

// remoteAddress completes an address to dial: the host itself stands for an
// absent one, as in package net.
func (h *Host) remoteAddress(network string, remote netip.AddrPort) (netip.AddrPort, error) {
	addr := plain(remote.Addr())
	if !addr.IsValid() || addr.IsUnspecified() {
		own, ok := h.first(network)
		if !ok {
			return remote, syscall.EADDRNOTAVAIL
		}
		addr = own
	}
	if !speaks(network, addr) {
		return remote, &net.AddrError{Err: "address is not one of " + network, Addr: addr.String()}
	}
	return netip.AddrPortFrom(addr, remote.Port()), nil
}

// localAddress completes the address that a connection to remote leaves from.
func (h *Host) localAddress(local netip.AddrPort, remote netip.Addr) (netip.AddrPort, error) {
	addr := plain(local.Addr())
	if !addr.IsValid() || addr.IsUnspecified() {
		own, ok := h.source(remote)
		if !ok {
			return local, syscall.ENETUNREACH
		}
		addr = own
	}
	if !h.owns(addr) || addr.Is4() != remote.Is4() {
		return local, syscall.EADDRNOTAVAIL
	}
	return netip.AddrPortFrom(addr, local.Port()), nil
}

// listenAddress returns what to listen on. The zero netip.Addr stands for all of
// the host's addresses, and a stack knows no other wildcard: when only some of
// them belong to the network, there must be one, and it is named.
func (h *Host) listenAddress(network string, local netip.AddrPort) (netip.AddrPort, error) {
	addr := plain(local.Addr())
	if addr.IsValid() && !addr.IsUnspecified() {
		switch {
		case !speaks(network, addr):
			return local, &net.AddrError{Err: "address is not one of " + network, Addr: addr.String()}
		case !h.owns(addr):
			return local, syscall.EADDRNOTAVAIL
		}
		return netip.AddrPortFrom(addr, local.Port()), nil
	}
	spoken := 0
	for _, own := range h.addrs {
		if speaks(network, own) {
			spoken++
		}
	}
	own, _ := h.first(network)
	switch {
	case spoken == len(h.addrs):
		return netip.AddrPortFrom(netip.Addr{}, local.Port()), nil
	case spoken == 1:
		return netip.AddrPortFrom(own, local.Port()), nil
	case spoken == 0:
		return local, syscall.EADDRNOTAVAIL
	}
	asked := net.TCPAddrFromAddrPort(local).String()
	return local, &net.AddrError{Err: "name one of the host's several addresses of " + network, Addr: asked}
}

// first returns the first of the host's addresses that belongs to the network.
func (h *Host) first(network string) (netip.Addr, bool) {
	for _, addr := range h.addrs {
		if speaks(network, addr) {
			return addr, true
		}
	}
	return netip.Addr{}, false
}
