package numbers

import (
	"fmt"
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

// failsWith fails where all of these vary, and says what varies then.
func failsWith(t *testing.T, what int) {
	s := script.New(t, stack.Chapters{})
	if guard.Variation&what == what {
		s.Fail("it fails with some of what varies", fmt.Sprintf("variation %d", guard.Variation))
	}
}

func TestStep1_One(t *testing.T)   { failsWith(t, guard.Timestamps) }
func TestStep1_Other(t *testing.T) { failsWith(t, guard.Windows) }
func TestStep1_Both(t *testing.T)  { failsWith(t, guard.OtherNumbers|guard.Timestamps) }

// What does not vary in the same run never does so together.
func TestStep1_Apart(t *testing.T) { failsWith(t, guard.Numbers|guard.Timestamps) }
