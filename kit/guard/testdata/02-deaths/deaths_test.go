package deaths

import (
	"net/netip"
	"testing"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

func TestMain(m *testing.M) { guard.Main(m) }

// socket is a chapter 1 that refuses nothing.
type socket struct{ stack.Socket }

func (socket) Bind(_ *tcp.Table, b *tcp.TCB, local netip.AddrPort, _ uint16) error {
	b.Local = local
	return nil
}
func (socket) Attach(*tcp.Table, *tcp.TCB) error { return nil }
func (socket) Delete(*tcp.Table, *tcp.TCB)       {}

func open(t *testing.T, does func(*tcp.TCB)) {
	t.Helper()
	s := script.New(t, stack.Chapters{Socket: socket{}, Handshake: Chapter{Does: does}})
	s.Connect()
	s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: 100})
}

func TestStep1_Good(t *testing.T)     { open(t, Good) }
func TestStep1_Exit(t *testing.T)     { open(t, Exit) }
func TestStep1_ExitWell(t *testing.T) { open(t, ExitWell) }
func TestStep1_Fatal(t *testing.T)    { open(t, Fatal) }
func TestStep1_Panic(t *testing.T)    { open(t, Panic) }
func TestStep1_Recurse(t *testing.T)  { open(t, Recurse) }
func TestStep1_Hog(t *testing.T)      { open(t, Hog) }
func TestStep1_Direct(t *testing.T)   { Panic(&tcp.TCB{}) }
func TestStep2_Good(t *testing.T)     { open(t, Good) }
