// Package ladder draws a conversation as a ladder diagram: two ends, time going
// down, and a rung for every segment between them. One diagram can be written
// as text for a terminal (Text), as a picture (SVG), and in the short form that
// a failing test shows (Compact).
//
// A Narrator says what each segment is for.
package ladder

import (
	"time"

	"tcpworkbook/kit/tcp"
)

// Diagram is a conversation between two ends.
type Diagram struct {
	Left, Right string // the ends' names: "client", "server"
	Rungs       []Rung // in the order in which they happened

	// Say returns an English text in the reader's language; nil for English. What rungs
	// and ends are called is written in English, too, and goes through it.
	Say func(english string) string
}

// say returns an English text in the reader's language.
func (d *Diagram) say(english string) string {
	if d.Say == nil {
		return english
	}
	return d.Say(english)
}

// Add appends a rung.
func (d *Diagram) Add(r Rung) { d.Rungs = append(d.Rungs, r) }

// Rung is one line of a diagram: a segment, something that happened at one end,
// or a heading. A segment that others overtake has two, since much may happen between
// its sending and its arrival.
type Rung struct {
	Kind Kind

	// At is when the segment was sent or the thing happened, and Arrived when the
	// segment came to the other end, both counted from the beginning of the
	// conversation. Arrived is 0 when that is not known, or did not happen.
	At, Arrived time.Duration

	// From is the end that sent the segment, or where the thing happened.
	From Side

	// Left and Right are the ends' states after this rung.
	Left, Right tcp.State

	// Segment is what was sent. Its text is looked at for its length only.
	Segment tcp.Segment

	// ISS and IRS are the initial sequence numbers of the segment's sender and of
	// its receiver: relative numbers count from them.
	ISS, IRS tcp.Seq

	// Window says that the window the segment announces is worth a look: it is shown
	// then, by Compact as it stands in the header, else in bytes, which are
	// Segment.Window << Scale.
	Window bool
	Scale  uint8

	// Options says that the segment's options are worth a look: Compact shows them.
	Options bool

	Fate Fate // what became of the segment on its way
	Copy bool // the network made it: nobody sent it a second time

	Forged bool // it is not as its sender has sent it, or nobody has sent it
	Later  bool // it is of a conversation that is to be told from the one before

	// Of is, in an Arrival, which rung of the diagram arrives. Was it changed on its way,
	// Segment, ISS and IRS are set, and say how it is now.
	Of int

	// Stranger says that a stranger has sent the segment in the name of the end that it
	// comes from. Compact names him.
	Stranger bool

	// Mine says at which ends it was the reader's own code that did what the rung shows: sent
	// the segment, or took it, or made happen what happened. Text marks those ends.
	Mine [2]bool

	// Text says what a segment is for, what happened ("Close()"), or what the
	// heading is.
	Text string
}

// Kind tells what a rung is.
type Kind uint8

// The kinds of rung.
const (
	Sent    Kind = iota // a segment went from one end to the other
	Event               // something happened at one end: a call, a socket made or deleted
	Heading             // a new stage of the conversation begins
	Arrival             // a segment whose Fate is Slow comes to the other end
)

// Side is one of the two ends.
type Side uint8

// The two ends.
const (
	Left Side = iota
	Right
)

// arriving returns the rung that an Arrival is of, as it arrives, and whether there is one.
func (d *Diagram) arriving(r *Rung) (of Rung, any bool) {
	if r.Of < 0 || r.Of >= len(d.Rungs) || d.Rungs[r.Of].Kind != Sent {
		return of, false
	}
	of = d.Rungs[r.Of]
	if r.Segment.Src.IsValid() {
		of.Segment, of.ISS, of.IRS = r.Segment, r.ISS, r.IRS
	}
	return of, true
}

// Fate is what became of a segment on its way.
type Fate uint8

// The fates of a segment.
const (
	Arrives    Fate = iota
	Lost            // it never came
	Duplicated      // the network delivered it twice
	Corrupted       // it came damaged, and its checksum says so
	Wrong           // it should not have been sent: a test says so
	Slow            // others overtake it: its arrival is a rung of its own
)

// String names the fate; nothing for a segment that simply arrives.
func (f Fate) String() string {
	if int(f) < len(fateNames) {
		return fateNames[f]
	}
	return ""
}

var fateNames = [...]string{Lost: "lost", Duplicated: "duplicated", Corrupted: "corrupted", Wrong: "wrong", Slow: "slow"}
