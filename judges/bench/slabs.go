package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// The kernel's caches that a TCP socket has something in.
var socketSlabs = map[string]bool{
	"TCP": true, "tw_sock_TCP": true, "request_sock_TCP": true, "sock_inode_cache": true,
	"filp": true, "tcp_bind_bucket": true, "tcp_bind2_bucket": true, "eventpoll_epi": true, "ep_head": true,
}

// And those that what is left of it in TIME-WAIT has. The rest of a socket has gone
// by then, or is about to: the kernel takes back inodes some time after they were
// used, so they would be counted or not as it happens.
var recordSlabs = map[string]bool{"tw_sock_TCP": true, "tcp_bind_bucket": true, "tcp_bind2_bucket": true}

// errUnseen says that this machine does not tell what the kernel's sockets take.
var errUnseen = errors.New("the kernel's sockets can't be weighed here")

// slabMemory returns how many bytes some of the kernel's caches have lent out, to
// whomever on this machine.
func slabMemory(caches map[string]bool) (float64, error) {
	file, err := os.Open("/proc/slabinfo")
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errUnseen, err)
	}
	defer file.Close()
	var total float64
	found := false
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var name string
		var lent, all, size float64
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !caches[fields[0]] {
			continue
		}
		if _, err := fmt.Sscan(strings.Join(fields[:4], " "), &name, &lent, &all, &size); err == nil {
			total += lent * size
			found = true
		}
	}
	if !found {
		return 0, fmt.Errorf("%w: none of the known caches is in /proc/slabinfo", errUnseen)
	}
	return total, lines.Err()
}

// waitingSockets finds in /proc/net/sockstat how many sockets are in TIME-WAIT.
var waitingSockets = regexp.MustCompile(`(?m)^TCP: .*\btw (\d+)\b`)

// kernelRecords returns how many sockets of the kernel's are in TIME-WAIT.
func kernelRecords() (int, error) {
	text, err := os.ReadFile("/proc/net/sockstat")
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errUnseen, err)
	}
	found := waitingSockets.FindSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("%w: /proc/net/sockstat does not say how many are in TIME-WAIT", errUnseen)
	}
	return strconv.Atoi(string(found[1]))
}
