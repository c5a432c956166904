//go:build !windows

package watch

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// resized tells when the terminal has got another size.
func resized(ctx context.Context) <-chan struct{} {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH)
	changed := make(chan struct{}, 1)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				select {
				case changed <- struct{}{}:
				default: // it is told already
				}
			}
		}
	}()
	return changed
}
