package hostile

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

func open(t *testing.T) {
	t.Helper()
	if attack == "an error" {
		t.Fatal(Words())
	}
	if attack == "a panic beside the script" {
		panic(Words())
	}
	s := script.New(t, stack.Chapters{Socket: socket{}, Handshake: Chapter{}})
	s.Connect()
	s.Want("Connect sends a SYN", tcp.Segment{Flags: tcp.SYN, Seq: 100})
}

func TestStep1_Good(t *testing.T) {}
func TestStep1_Bad(t *testing.T)  { open(t) }
func TestStep2_Good(t *testing.T) { t.Run("part", func(t *testing.T) { t.Log("told") }) }
func TestStep2_Bad(t *testing.T)  { open(t) }
func TestStep3_Skip(t *testing.T) { t.Skip("not today") }
