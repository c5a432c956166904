// Package deaths is a chapter whose functions end in every way that a learner's
// may, for the tests of package guard.
package deaths

import (
	"log"
	"os"
	"time"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/tcp"
)

// Chapter is a chapter 2 whose Open does what it is told.
type Chapter struct {
	stack.Handshake
	Does func(b *tcp.TCB)
}

// ISN returns 0.
func (Chapter) ISN([16]byte, tcp.FourTuple, time.Time) tcp.Seq { return 0 }

// Open does what the chapter is told.
func (c Chapter) Open(b *tcp.TCB, _ tcp.Seq, _ time.Time) { c.Does(b) }

// Good sends a SYN.
func Good(b *tcp.TCB) { b.Emit(tcp.Segment{Flags: tcp.SYN, Seq: 100}) }

// Exit ends the program.
func Exit(*tcp.TCB) { os.Exit(1) }

// ExitWell ends the program with success.
func ExitWell(*tcp.TCB) { os.Exit(0) }

// Fatal ends the program.
func Fatal(*tcp.TCB) { log.Fatal("no") }

// Panic goes beyond an array.
func Panic(b *tcp.TCB) {
	var numbers []int
	numbers[len(b.Outbox)] = 1
}

// Recurse never comes back.
func Recurse(b *tcp.TCB) {
	if b != nil {
		Recurse(b)
		b.State++
	}
}

// Hog sends without end.
func Hog(b *tcp.TCB) {
	for {
		b.Emit(tcp.Segment{Flags: tcp.SYN, Payload: make([]byte, 1<<20)})
	}
}
