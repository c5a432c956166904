// Package kernel judges the stack by this machine's own TCP, over a TUN device in a
// network namespace that each test makes and that ends with it: nothing else on the
// machine is touched. It needs Linux, root and /dev/net/tun; curl and iperf3 are
// used where they are installed.
//
// It also asks the kernel whether it does what the lessons say that Linux does: see
// claims_linux_test.go.
package kernel
