//go:build !linux

package main

import (
	"errors"
	"io"
)

const childFlag = "in-namespace"

func bareKernelPeer() *peer {
	return &peer{name: kernel1500, noMemory: true, skip: "only Linux has network namespaces"}
}

func serveParent(io.Reader, io.Writer) error { return errors.ErrUnsupported }
