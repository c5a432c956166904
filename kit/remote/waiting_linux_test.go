package remote

import (
	"io"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWaitingReadsWhatThereIs(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	from := newWaiting(r, func() bool { return false })
	go func() {
		w.WriteString("four")
		w.Close()
	}()
	all, err := io.ReadAll(from)
	require.NoError(t, err)
	require.Equal(t, "four", string(all))
}

// Somebody else may hold the other end for ever: whoever waits is told to stop.
func TestNobodyWaitsWhenItIsOver(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer w.Close()
	var over atomic.Bool
	waits := make(chan bool, 1)
	from := newWaiting(r, func() bool {
		select {
		case waits <- true:
		default:
		}
		return over.Load()
	})
	end := make(chan error)
	go func() {
		_, err := from.Read(make([]byte, 1))
		end <- err
	}()
	<-waits
	over.Store(true)
	r.Close() // which waits for the reader, too
	require.Error(t, <-end)
	_, err = from.Read(make([]byte, 1))
	require.Error(t, err, "nor does anybody begin to")
}
