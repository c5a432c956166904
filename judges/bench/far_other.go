//go:build !linux

package main

func farKernelPeer() *farPeer {
	return &farPeer{name: "kernel", skip: "only Linux has network namespaces"}
}
