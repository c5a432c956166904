package script

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

// TestWindowsOnTheLadder shows a window where it is another than the one before: the
// peer's always, yours where the script has chosen the buffer.
func TestWindowsOnTheLadder(t *testing.T) {
	ack := tcp.Segment{Flags: tcp.ACK, Seq: IRS + 1, Ack: ISS + 1}
	windowsOf := func(options ...Option) (shown []string) {
		s := InState(t, talking(), tcp.Established, append(options, Unwatched())...)
		s.Send(ack)
		s.PeerWindow(0)
		s.Send(ack)
		s.Send(ack)
		s.Write("ab") // two segments
		for _, line := range s.ladder.Compact(100) {
			if _, after, found := strings.Cut(line, "<WND="); found {
				number, _, _ := strings.Cut(after, ">")
				shown = append(shown, number)
			}
		}
		return shown
	}
	require.Equal(t, []string{"0"}, windowsOf())
	require.Equal(t, []string{"0", "7"}, windowsOf(Configure(func(c *tcp.Config) { c.ReceiveBuffer = 7 })))
}
