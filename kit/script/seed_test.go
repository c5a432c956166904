package script

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/kit/tcp"
)

// Without a seed nothing is other than it is written.
func TestNoSeed(t *testing.T) {
	for _, text := range []string{"", "0"} {
		assert.Zero(t, seedOf(text))
	}
	c := draw(0)
	for port := range 1 << 16 {
		if got := c.port(uint16(port)); int(got) != port {
			t.Fatalf("port %d is %d", port, got)
		}
	}
	for _, plain := range []string{"10.0.0.1", "192.0.2.7", "2001:db8::2", "255.255.255.255", "::"} {
		assert.Equal(t, netip.MustParseAddr(plain), c.address(netip.MustParseAddr(plain)))
	}
	if seed == 0 {
		assert.Equal(t, tcp.Seq(100), ISS)
		assert.Equal(t, tcp.Seq(300), IRS)
		assert.Equal(t, netip.MustParseAddrPort("10.0.0.1:50000"), netip.AddrPortFrom(You, ClientPort))
		assert.EqualValues(t, 80, ServerPort)
		assert.EqualValues(t, 65535, Window)
		assert.Equal(t, "Hello 9", Text("Hello 9"))
	}
}

// With one, what differs differs still, and what is special is itself.
func TestSeed(t *testing.T) {
	hosts := []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.9", "10.0.0.11", "10.0.0.254", "192.0.2.7", "10.0.1.255",
		"2001:db8::1", "2001:db8::2", "2001:db8::9", "fe80::1", "::1", "127.0.0.1", "240.0.0.1"}
	for n := 1; n <= 100; n++ {
		c := draw(seedOf(strconv.Itoa(n)))
		assert.Equal(t, c, draw(seedOf(strconv.Itoa(n))), "the same seed, the same tests")
		ports := make(map[uint16]bool)
		for port := range 1 << 16 {
			to := c.port(uint16(port))
			ports[to] = true
			if (port >= tcp.FirstEphemeralPort) != (to >= tcp.FirstEphemeralPort) {
				t.Fatalf("seed %d: port %d is %d", n, port, to)
			}
		}
		assert.Equal(t, 1<<16, len(ports), "seed %d", n)
		for _, port := range []uint16{0, tcp.FirstEphemeralPort, tcp.LastEphemeralPort} {
			assert.Equal(t, port, c.port(port))
		}
		for _, port := range []uint16{80, 81, 179, firstClient, firstClient + 1} {
			assert.NotEqual(t, port, c.port(port))
		}
		assert.Equal(t, c.port(80)+1, c.port(81))
		assert.Equal(t, c.port(firstClient)+1, c.port(firstClient+1))
		addresses := make(map[netip.Addr]bool)
		for _, host := range hosts {
			plain := netip.MustParseAddr(host)
			to := c.address(plain)
			addresses[to] = true
			assert.Equal(t, plain.Is4(), to.Is4())
			assert.Equal(t, plain.IsGlobalUnicast(), to.IsGlobalUnicast())
			if strings.HasPrefix(host, "10.0.0.") || strings.HasPrefix(host, "2001:db8:") {
				assert.NotEqual(t, plain, to)
			}
		}
		assert.Equal(t, len(hosts), len(addresses), "seed %d", n)
		for _, special := range []string{"10.0.0.0", "10.0.0.255", "0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1"} {
			to := c.address(netip.MustParseAddr(special))
			assert.Equal(t, special[strings.LastIndexAny(special, ".:"):], to.String()[strings.LastIndexAny(to.String(), ".:"):])
		}
		for _, number := range []tcp.Seq{c.iss, c.irs} {
			for _, edge := range []tcp.Seq{0, 1 << 31} {
				assert.False(t, number.InWindow(edge-1<<25, 1<<26), "no test comes to the edges by chance")
			}
		}
		assert.NotEqual(t, uint16(0), c.window)
		text := []byte("The quick brown fox, 0123456789?\xff")
		other := moved(text, c.letters)
		assert.Len(t, other, len(text))
		assert.NotContains(t, string(other), "quick")
		assert.Equal(t, text, moved(other, -c.letters))
	}
	assert.Nil(t, moved(nil, 3))
	assert.NotEqual(t, draw(seedOf("1")), draw(seedOf("2")))
}
