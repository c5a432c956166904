// Package storm is the last test of each chapter: conversations that nobody has written.
//
// The other tests each know what they look for. A storm knows no mistake. It has two hosts
// talk to each other in package world, and things happen to them at random: calls of both
// applications, segments that are lost, copied or slow, long pauses, connections that both
// ends close, closed windows, and, in every second conversation, segments that a stranger
// has forged. Your host runs your chapter and the reference's others, the peer the
// reference's alone. After every event your host is held against package frames, and in the
// end the weather clears, both applications read and close, and all must be over: what was
// written was read, no socket is left, and no timer runs.
//
//	func TestStep13_Storm(t *testing.T) {
//		storm.Run(t, stack.Chapters{Transfer: Chapter{}}, solutions.Chapters())
//	}
//
// Chapter 1 has a storm of its own kind: random calls on one table, beside a list that knows
// what the table has to say.
//
// A conversation knows nothing of those before it. So some are held once more when all have
// passed, and your host has to send the same: what it does otherwise comes from a variable
// that is no socket's.
//
// Nothing is left to chance: the conversations are the same for everybody, each time. One
// that fails is cut down, as long as it fails with the same sentence, and shown as a ladder.
// The environment variable TCPWORKBOOK_STORMS asks for another number of conversations.
package storm
