//go:build !linux

package remote

import (
	"io"
	"os"
)

func newWaiting(pipe *os.File, over func() bool) io.Reader { return pipe }
