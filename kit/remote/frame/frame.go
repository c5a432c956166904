// Package frame is how the two sides of package remote write to each other.
package frame

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Calls and answers go through the pipe as frames: four bytes that tell the length, the
// lower first, and as many bytes. The first byte of a call is its method; the first of an
// answer is an Answer.

// How long a frame may be, bytes. A call may bring a whole table of connections; an answer
// tells what has changed.
const (
	MostCall   = 64 << 20
	MostAnswer = 4 << 20
)

// Answer is how a call went.
type Answer byte

// The answers.
const (
	Done     Answer = iota // a message follows: what has changed, and what the call returns
	Panicked               // a Refusal follows, as to all below; its words are the panic's
	Stuck                  // the call does not come back; the words are what it waits for, if it does
	Greedy                 // nor does this one, and it takes ever more memory
	Changed                // it has changed settings
	Broken                 // the sides do not understand each other; the words say why
)

// Refusal is the answer to a call that came to no good end.
type Refusal struct {
	Why   Answer
	Words string
	Trace string // of the stack, as the runtime writes it; "" for none
}

// mostTrace is how much of a trace travels, bytes: the innermost calls stand first.
const mostTrace = 64 << 10

// Frame writes the refusal as an answer.
func (r Refusal) Frame() []byte {
	words := strings.ReplaceAll(r.Words[:min(len(r.Words), mostTrace)], "\x00", "?")
	frame := append([]byte{byte(r.Why)}, words...)
	return append(append(frame, 0), r.Trace[:min(len(r.Trace), mostTrace)]...)
}

// ReadRefusal reads an answer that is none of Done.
func ReadRefusal(frame []byte) (Refusal, error) {
	if len(frame) == 0 || frame[0] == byte(Done) || frame[0] > byte(Broken) {
		return Refusal{}, fmt.Errorf("there is no such answer")
	}
	words, trace, _ := strings.Cut(string(frame[1:]), "\x00")
	return Refusal{Answer(frame[0]), words, trace}, nil
}

// Append appends a frame with its length.
func Append(to, frame []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(to, uint32(len(frame))), frame...)
}

// Read reads a frame of at most so many bytes, into the memory of old if it fits.
func Read(r *bufio.Reader, old []byte, most uint32) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > most {
		return nil, fmt.Errorf("%d bytes are more than %d", n, most)
	}
	frame := slices.Grow(old[:0], int(n))[:n]
	_, err := io.ReadFull(r, frame)
	return frame, err
}
