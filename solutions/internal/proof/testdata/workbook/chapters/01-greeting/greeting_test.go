package greeting

import (
	"testing"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
	socket "tcpworkbook/solutions/01-socket"
)

func TestMain(m *testing.M) { guard.Main(m) }

func greeting(t *testing.T) *script.Script {
	s := script.New(t, stack.Chapters{Socket: socket.Chapter{}, Handshake: Chapter{}})
	s.Connect()
	return s
}

func TestStep1_SYN(t *testing.T) {
	s := greeting(t)
	s.Want("a greeting begins with a SYN", tcp.Segment{Flags: tcp.SYN, Seq: script.ISS},
		script.IfSilent("nobody greets by keeping silent."),
		script.IfSent(tcp.Segment{Flags: tcp.FIN}, "FIN is how one parts: it is SYN that says that what follows is the first number of all, and that both ends begin to count from there."))
}

func TestStep2_Numbers(t *testing.T) {
	s := greeting(t)
	s.Take()
	script.WantEqual(s, "a SYN takes one number", "SND.NXT", s.TCB().Snd.Nxt, script.ISS+1,
		script.Likely("a SYN is counted like a byte."))
	t.Run("subtest", func(t *testing.T) {})
}
