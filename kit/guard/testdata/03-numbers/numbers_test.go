package numbers

import (
	"os"
	"testing"

	"tcpworkbook/kit/guard"
	"tcpworkbook/kit/script"
	"tcpworkbook/kit/stack"
)

func TestMain(m *testing.M) { guard.Main(m) }

func TestStep1_Good(t *testing.T) { script.New(t, stack.Chapters{}) }

func TestStep1_Plain(t *testing.T) {
	s := script.New(t, stack.Chapters{})
	if !Before(s.ISS(), s.ISS()+2) {
		s.Fail("what comes later is later", "it is said to be earlier", script.Likely("another misconception"))
	}
}

func TestStep1_Fails(t *testing.T) {
	if os.Getenv("FAILS") != "" {
		script.New(t, stack.Chapters{}).Fail("the plain run fails", "and no other is made")
	}
}

func TestStep1_Exits(t *testing.T) {
	s := script.New(t, stack.Chapters{})
	if s.ISS() < s.IRS() && s.IRS() != 300 {
		os.Exit(3)
	}
}
