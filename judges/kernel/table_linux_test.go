package kernel

import (
	"bufio"
	"os"
	"strings"
)

// kernelStates returns the kernel's names of the states of the connections in the
// namespace, listeners excepted.
func (n *namespace) states() (all []string) {
	n.do(func() {
		f, err := os.Open("/proc/thread-self/net/tcp")
		if err != nil {
			return
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) < 4 || fields[0] == "sl" {
				continue
			}
			if name := kernelNames[fields[3]]; name != "LISTEN" {
				all = append(all, name)
			}
		}
	})
	return all
}

// kernelNames are the states as the kernel's table writes them.
var kernelNames = map[string]string{
	"01": "ESTABLISHED", "02": "SYN-SENT", "03": "SYN-RECEIVED", "04": "FIN-WAIT-1", "05": "FIN-WAIT-2",
	"06": "TIME-WAIT", "07": "CLOSED", "08": "CLOSE-WAIT", "09": "LAST-ACK", "0A": "LISTEN", "0B": "CLOSING",
}
