//go:build !linux

package oracle

import "testing"

func TestKernelAndStackAgree(t *testing.T) {
	t.Skip("the kernel is asked over a TUN device in a network namespace, which only Linux has: of our stack, its answers on record are checked")
}
