package script

import (
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"os"

	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
)

// A course may have a seed, so that nobody passes by knowing the tests: a program with their
// numbers written into it fails where the numbers are others. With a seed the initial
// sequence numbers, the addresses, the ports, the window that the peer announces and the
// letters of all text follow from it, and so do the storm's conversations. The same seed
// leads to the same tests. The RFC's figures keep their numbers.

// seed is what workbook.SeedVariable says, any text, as a number; 0 where there is none.
var seed = seedOf(os.Getenv(workbook.SeedVariable))

func seedOf(text string) uint64 {
	if text == "" || text == "0" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64() | 1
}

// Seed returns a number that follows from the course's seed, 0 if it has none, for what a
// test draws itself.
func Seed() uint64 {
	os.Getenv(workbook.SeedVariable) // so that go test notes that the outcome depends on it
	return seed
}

// cast is who plays in all scripts, and what they say; the zero value is as it is written in
// the tests.
type cast struct {
	iss, irs tcp.Seq
	window   uint16  // what the peer announces less than 65535
	ports    uint16  // how much higher the ports are that are not ephemeral
	clients  uint16  // how much higher those are that clients use
	network  [3]byte // of IPv4
	hosts    int     // how much higher the numbers of hosts are in them
	site     [4]byte // of IPv6, what follows 2001:db8
	letters  int     // how far letters and digits are moved
}

var drawn = draw(seed)

// plainNetwork is where the tests' addresses lie, and otherNetworks are where a seed puts
// them: what RFC 5737 keeps for documentation.
var (
	plainNetwork  = [3]byte{10, 0, 0}
	otherNetworks = [...][3]byte{{198, 51, 100}, {203, 0, 113}}
)

// The ports that the tests' clients have, and where a seed puts them: among the ephemeral
// ones, too, but neither first nor last.
const (
	firstClient  = 50_000
	clients      = 100 // that are mapped together
	firstServers = 30_000
)

func draw(seed uint64) cast {
	c := cast{network: plainNetwork}
	if seed == 0 {
		return c
	}
	r := rand.New(rand.NewPCG(seed, 0))
	c.iss, c.irs = drawISN(r), drawISN(r)
	c.window = uint16(1 + r.IntN(2000))
	c.ports = uint16(1000 + r.IntN(firstServers))
	c.clients = uint16(clients * (2 + r.IntN(90)))
	c.network = otherNetworks[r.IntN(len(otherNetworks))]
	c.hosts = 1 + r.IntN(253)
	for i := range c.site {
		c.site[i] = byte(1 + r.IntN(255))
	}
	c.letters = 1 + r.IntN(9)
	return c
}

// drawISN draws an initial sequence number that no conversation of a test's leads from to
// where numbers wrap: that is what Variation is for.
func drawISN(r *rand.Rand) tcp.Seq {
	const far = 1 << 26
	return tcp.Seq(r.IntN(2)<<31 + far + r.IntN(1<<31-2*far))
}

// Address reads an address as the tests write it: "10.0.0.1". With a seed it returns another
// that stands for it; two that differ differ still. A special address stays, a broadcast or a
// multicast one say. It panics on what is no address.
func Address(plain string) netip.Addr { return drawn.address(netip.MustParseAddr(plain)) }

// End reads an address and a port as the tests write them: "10.0.0.1:80". With a seed it
// returns others that stand for them, as Address does; port 0 stays, and so do the first and
// the last of the ephemeral ports. It panics on what is no address and port.
func End(plain string) netip.AddrPort {
	end := netip.MustParseAddrPort(plain)
	return netip.AddrPortFrom(drawn.address(end.Addr()), drawn.port(end.Port()))
}

func (c *cast) address(plain netip.Addr) netip.Addr {
	if plain.Is4() {
		a := plain.As4()
		if [3]byte(a[:3]) == plainNetwork {
			copy(a[:3], c.network[:])
			a[3] = c.host(a[3])
		}
		return netip.AddrFrom4(a)
	}
	a := plain.As16()
	if [4]byte(a[:4]) == [4]byte{0x20, 0x01, 0x0d, 0xb8} {
		copy(a[4:8], c.site[:])
		a[15] += byte(c.hosts)
		return netip.AddrFrom16(a)
	}
	return plain
}

// host returns the last byte of an address. What may be a network, or all hosts of one,
// stays.
func (c *cast) host(plain byte) byte {
	if plain == 0 || plain == 255 {
		return plain
	}
	return byte(1 + (int(plain)-1+c.hosts)%254)
}

func (c *cast) port(plain uint16) uint16 {
	switch from, to := uint16(firstClient), firstClient+c.clients; {
	case plain == 0:
		return 0
	case plain < tcp.FirstEphemeralPort:
		return uint16(1 + (int(plain)-1+int(c.ports))%(tcp.FirstEphemeralPort-1))
	case plain >= from && plain < from+clients:
		return plain + c.clients
	case plain >= to && plain < to+clients: // the two change places
		return plain - c.clients
	}
	return plain
}

// Text returns what stands for a text of a test's, for one that puts it into a queue itself.
// Write and Send do it for every text, and what Read returns and you have sent is the test's
// text again.
func Text(plain string) string { return string(moved([]byte(plain), drawn.letters)) }

// moved returns text with letters and digits moved so many places on, each in its own
// alphabet; what is nil stays nil.
func moved(text []byte, by int) []byte {
	if by == 0 || text == nil {
		return text
	}
	out := make([]byte, len(text))
	for i, b := range text {
		switch {
		case 'a' <= b && b <= 'z':
			b = 'a' + byte((int(b-'a')+by+26)%26)
		case 'A' <= b && b <= 'Z':
			b = 'A' + byte((int(b-'A')+by+26)%26)
		case '0' <= b && b <= '9':
			b = '0' + byte((int(b-'0')+by+10)%10)
		}
		out[i] = b
	}
	return out
}

// heardText is the test's text for what you have sent or read.
func heardText(text []byte) []byte { return moved(text, -drawn.letters) }
