package socket

import (
	"net/netip"
	"syscall"

	"tcpworkbook/kit/tcp"
)

// Bind gives b its local address and port.
func (Chapter) Bind(t *tcp.Table, b *tcp.TCB, local netip.AddrPort, start uint16) error {
	if addr := local.Addr(); addr.IsValid() && kindOf(addr) != oneHost {
		return syscall.EADDRNOTAVAIL
	}
	if local.Port() == 0 {
		port := search(struckOut(t, local.Addr(), b.Remote), start)
		if port == 0 && b.Remote.IsValid() {
			return syscall.EADDRNOTAVAIL
		}
		if port == 0 {
			return syscall.EADDRINUSE
		}
		local = netip.AddrPortFrom(local.Addr(), port)
	} else if inTheWay(t, b, local) {
		return syscall.EADDRINUSE
	}
	b.Local = local
	note(t, b)
	return nil
}

// inTheWay reports whether anybody keeps b from having the port that it asked for.
func inTheWay(t *tcp.Table, b *tcp.TCB, local netip.AddrPort) bool {
	for holder := range t.Ports[local.Port()] {
		theirs := holder.Local.Addr()
		if theirs != local.Addr() && theirs.IsValid() && local.Addr().IsValid() {
			continue
		}
		if !holder.Remote.IsValid() {
			return true
		}
		opening := holder.State == tcp.SynSent || holder.State == tcp.SynReceived
		if !b.Reuse && !opening && holder.State != tcp.TimeWait {
			return true
		}
	}
	return false
}

const portCount = tcp.LastEphemeralPort - tcp.FirstEphemeralPort + 1

// struckOut marks the ephemeral ports that a socket to remote, which may be none,
// cannot be given.
func struckOut(t *tcp.Table, addr netip.Addr, remote netip.AddrPort) *[portCount]bool {
	var struck [portCount]bool
	if remote.Addr() == addr && remote.Port() >= tcp.FirstEphemeralPort {
		struck[remote.Port()-tcp.FirstEphemeralPort] = true // nobody connects to his own end
	}
	for port, holders := range t.Ports {
		if port < tcp.FirstEphemeralPort {
			continue
		}
		for holder := range holders {
			same := holder.Remote == remote && holder.Local.Addr() == addr
			if !remote.IsValid() || !holder.Remote.IsValid() || same {
				struck[port-tcp.FirstEphemeralPort] = true
			}
		}
	}
	return &struck
}

// search goes down from the start'th port, once round, and returns 0 if all are
// struck out.
func search(struck *[portCount]bool, start uint16) uint16 {
	begin := int(start) % portCount
	for step := range portCount {
		at := (begin - step + portCount) % portCount
		if !struck[at] {
			return uint16(tcp.FirstEphemeralPort + at)
		}
	}
	return 0
}
