package kernel

import (
	"os"
	"strings"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// states returns the kernel's names of the states of the connections in the
// namespace, listeners excepted.
func (n *namespace) states() (all []string) {
	n.t.Helper()
	tables := []string{"/proc/thread-self/net/tcp"}
	if hasIPv6() {
		tables = append(tables, "/proc/thread-self/net/tcp6")
	}
	for _, table := range tables {
		var length []byte
		var err error
		n.do(func() { length, err = os.ReadFile(table) })
		require.NoError(n.t, err, "the kernel's table of connections")
		all = append(all, namesIn(string(length))...)
	}
	return all
}

// namesIn returns the names of the states in one of the kernel's tables. Its first
// line is a heading.
func namesIn(table string) (names []string) {
	for _, line := range strings.Split(table, "\n")[1:] {
		if fields := strings.Fields(line); len(fields) > 3 && kernelNames[fields[3]] != "LISTEN" {
			names = append(names, kernelNames[fields[3]])
		}
	}
	return names
}

// kernelNames are the states as the kernel's table writes them.
var kernelNames = map[string]string{
	"01": "ESTABLISHED", "02": "SYN-SENT", "03": "SYN-RECEIVED", "04": "FIN-WAIT-1", "05": "FIN-WAIT-2",
	"06": "TIME-WAIT", "07": "CLOSED", "08": "CLOSE-WAIT", "09": "LAST-ACK", "0A": "LISTEN", "0B": "CLOSING",
}

// statesOf returns the states of our host's connections, listeners excepted.
func statesOf(h *sockets.Host) func() []tcp.State {
	return func() (all []tcp.State) {
		for _, s := range h.Sockets() {
			if s.State != tcp.Listen {
				all = append(all, s.State)
			}
		}
		return all
	}
}
