//go:build !linux

package kernel

import "testing"

func TestKernel(t *testing.T) {
	t.Skip("the kernel is met over a TUN device in a network namespace, which only Linux has")
}
