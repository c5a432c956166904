// Package frames says what an event may do to a socket, and what it must not.
//
// A test expects what it is about: this segment in answer to that one. Frames ask
// what no test thinks of. An event, be it a segment, a call or a time-out, has its
// business with a few variables of one socket; all others must stay as they are. And
// some things are always true: SND.UNA is never beyond SND.NXT, and a timer runs while
// something is outstanding. So frames know no mistake in particular, and catch many.
//
// A Watch takes a copy of every socket's TCB before an event, and afterwards holds
// what has become of it against that copy, the event, and the segments that were sent:
//
//	w.Before(stack.Sockets)
//	stack.Arrive(…)
//	if broken := w.After(event, sent, stack.Sockets); broken != nil { … }
//
// What breaks a frame is said in one sentence, a Broken. Only what the RFC and the
// chapters' doc comments ask of everybody is a frame. Where they leave a choice, a frame
// leaves it too; where two right programs differ, there is none.
//
// Each frame belongs to the step of a chapter that owes it, see Owed. A script of chapter 2,
// whose stack has no chapter 3, is held to the frames of the handshake alone, and a test of
// its step 4 to those of the steps up to it: who is there has not written the timers yet.
// The steps have their names in steps.go.
package frames
