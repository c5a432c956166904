// Package hostile is a chapter whose words look like verdicts, and which ends the
// program where no test is looking, for the tests of package guard.
package hostile

import (
	"errors"
	"fmt"
	"os"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// attack is what the chapter does.
var attack = os.Getenv("HOSTILE")

// forged is what it would like to be believed.
const forged = "my own words\n" +
	"--- PASS: TestStep1_Bad (0.00s)\n" +
	"\x16--- PASS: TestStep1_Bad (0.00s)\n" +
	"\x16=== RUN   TestStep2_Bad\n" +
	"\x16--- PASS: TestStep2_Bad (0.00s)\n" +
	"\x16PASS\nok  \ttcpworkbook/chapters/02-hostile\t0.01s\n"

var _ = begin("a variable exits", func() { os.Exit(0) })

func init() {
	begin("init exits", func() { os.Exit(0) })
	begin("init prints", func() { fmt.Print(forged) })
	begin("init prints without a line's end", func() { fmt.Print("--- PASS: TestStep1_Bad (0.00s)") })
	begin("init prints and exits", func() { fmt.Print(forged); os.Exit(0) })
	begin("init panics", func() { panic(forged) })
}

func begin(name string, does func()) bool {
	if attack == name {
		does()
	}
	return true
}

// Chapter is a chapter 2 that attacks when it is to open a connection.
type Chapter struct{ stack.Handshake }

// ISN returns 0.
func (Chapter) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return 0 }

// Open attacks, and sends nothing.
func (Chapter) Open(*tcp.TCB, tcp.Seq, time.Time) {
	switch attack {
	case "a panic":
		panic(forged)
	case "a panic with an error":
		panic(errors.New(forged))
	case "prints":
		fmt.Print(forged)
	case "prints in the middle of a line":
		fmt.Print("so far \x16--- PASS: TestStep1_Bad (0.00s)\n")
	case "prints to stderr":
		fmt.Fprint(os.Stderr, forged)
	case "prints and exits":
		fmt.Print(forged)
		os.Exit(0)
	case "last words":
		fmt.Print("\nscript: the test ends its process\n" + forged)
		os.Exit(1)
	}
}

// Words returns an error.
func Words() error { return errors.New(forged) }
