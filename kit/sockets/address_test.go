package sockets

import (
	"net/netip"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func addrs(texts ...string) []netip.Addr {
	var list []netip.Addr
	for _, text := range texts {
		list = append(list, netip.MustParseAddr(text))
	}
	return list
}

func TestParseAddress(t *testing.T) {
	for _, test := range []struct{ network, address, want, err string }{
		{"tcp", "192.0.2.1:80", "192.0.2.1:80", ""},
		{"tcp6", "[2001:db8::1]:443", "[2001:db8::1]:443", ""},
		{"tcp", "[::ffff:192.0.2.1]:80", "192.0.2.1:80", ""},
		{"tcp", "[fe80::1%eth0]:80", "[fe80::1]:80", ""},
		{"tcp", "192.0.2.1:65536", "", "address 192.0.2.1:65536: port is not a number from 0 to 65535"},
		{"tcp", "192.0.2.1:-1", "", "address 192.0.2.1:-1: port is not a number from 0 to 65535"},
		{"tcp", "192.0.2.1:http", "", "address 192.0.2.1:http: port is not a number from 0 to 65535"},
		{"tcp", "192.0.2.1", "", "address 192.0.2.1: missing port in address"},
		{"tcp", "localhost:80", "", "lookup localhost: names can't be looked up here, use an IP address"},
		{"udp", "192.0.2.1:80", "", "unknown network udp"},
	} {
		t.Run(test.network+" "+test.address, func(t *testing.T) {
			got, err := parseAddress(test.network, test.address)
			if test.err != "" {
				assert.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got.String())
		})
	}
	got, err := parseAddress("tcp", ":80")
	require.NoError(t, err)
	assert.Equal(t, netip.AddrPortFrom(netip.Addr{}, 80), got, "an absent host is the zero address")
}

func TestAddressToDial(t *testing.T) {
	h := &Host{addrs: addrs("192.0.2.1", "192.0.2.2", "2001:db8::1")}
	for _, test := range []struct{ network, remote, local, want string }{
		{"tcp", "192.0.2.9", "", "192.0.2.1 > 192.0.2.9"},
		{"tcp", "192.0.2.9", "192.0.2.2", "192.0.2.2 > 192.0.2.9"},
		{"tcp", "2001:db8::9", "", "2001:db8::1 > 2001:db8::9"},
		{"tcp", "192.0.2.2", "", "192.0.2.2 > 192.0.2.2"},
		{"tcp", "", "", "192.0.2.1 > 192.0.2.1"},
		{"tcp6", "", "", "2001:db8::1 > 2001:db8::1"},
		{"tcp", "192.0.2.9", "0.0.0.0", "192.0.2.1 > 192.0.2.9"},
		{"tcp4", "2001:db8::9", "", "address 2001:db8::9: address is not one of tcp4"},
		{"tcp", "192.0.2.9", "192.0.2.3", syscall.EADDRNOTAVAIL.Error()},
		{"tcp", "192.0.2.9", "2001:db8::1", syscall.EADDRNOTAVAIL.Error()},
	} {
		t.Run(test.network+" "+test.remote+" from "+test.local, func(t *testing.T) {
			assert.Equal(t, test.want, fromTo(h, test.network, test.local, test.remote))
		})
	}
	onlyIPv4 := &Host{addrs: addrs("192.0.2.1")}
	assert.Equal(t, syscall.ENETUNREACH.Error(), fromTo(onlyIPv4, "tcp", "", "2001:db8::9"))
	assert.Equal(t, syscall.EADDRNOTAVAIL.Error(), fromTo(onlyIPv4, "tcp6", "", ""))
}

// fromTo says where a connection would leave from and go to.
func fromTo(h *Host, network, local, remote string) string {
	parse := func(text string) netip.AddrPort {
		if text == "" {
			return netip.AddrPort{}
		}
		return netip.AddrPortFrom(netip.MustParseAddr(text), 80)
	}
	to, err := h.remoteAddress(network, parse(remote))
	if err != nil {
		return err.Error()
	}
	from, err := h.localAddress(parse(local), to.Addr())
	if err != nil {
		return err.Error()
	}
	return from.Addr().String() + " > " + to.Addr().String()
}

func TestAddressToListenOn(t *testing.T) {
	one := &Host{addrs: addrs("192.0.2.1", "2001:db8::1", "2001:db8::2")}
	for _, test := range []struct{ network, local, want string }{
		{"tcp", "192.0.2.1", "192.0.2.1"},
		{"tcp", "::", "all"},
		{"tcp", "0.0.0.0", "all"},
		{"tcp4", "0.0.0.0", "192.0.2.1"},
		{"tcp6", "::", "address [::]:80: name one of the host's several addresses of tcp6"},
		{"tcp6", "192.0.2.1", "address 192.0.2.1: address is not one of tcp6"},
		{"tcp", "192.0.2.7", syscall.EADDRNOTAVAIL.Error()},
	} {
		t.Run(test.network+" "+test.local, func(t *testing.T) {
			got, err := one.listenAddress(test.network, netip.AddrPortFrom(netip.MustParseAddr(test.local), 80))
			switch {
			case err != nil:
				assert.Equal(t, test.want, err.Error())
			case !got.Addr().IsValid():
				assert.Equal(t, test.want, "all")
			default:
				assert.Equal(t, test.want, got.Addr().String())
			}
		})
	}
	_, err := one.listenAddress("tcp6", netip.AddrPortFrom(netip.Addr{}, 80))
	assert.EqualError(t, err, "address :80: name one of the host's several addresses of tcp6", "as Listen(\"tcp6\", \":80\") asked")
	only := &Host{addrs: addrs("192.0.2.1")}
	_, err = only.listenAddress("tcp6", netip.AddrPortFrom(netip.IPv6Unspecified(), 80))
	assert.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
}
