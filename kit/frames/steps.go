package frames

// The lessons' steps that frames belong to. A step that moves in its lesson moves here, and
// nowhere else in this package.

// Chapter 2.
const (
	stepSYN         = 1 // Send a SYN
	stepSYNACK      = 2 // Answer the SYN,ACK
	stepSYNArrives  = 3 // Answer a SYN
	stepThird       = 4 // Take the third segment
	stepDoubt       = 5 // Doubt everything else
	stepCrossing    = 6 // Let two SYNs cross
	stepSYNAgain    = 7 // Send it again, but not for ever
	stepWindowScale = 9 // Make the window larger
)

// Chapter 3.
const (
	stepAcceptable  = 1  // Judge what arrives
	stepAcknowledge = 2  // Believe an acknowledgment
	stepReceive     = 3  // Put the text in order
	stepOutput      = 4  // Send, and say what has come
	stepWindow      = 5  // Open the window
	stepRetransmit  = 6  // Send it again
	stepRoundTrip   = 7  // Know how long to wait
	stepSmall       = 8  // Do not be silly
	stepProbes      = 9  // Ask a closed window
	stepCongestion  = 10 // Be a good neighbour
	stepTimestamps  = 12 // Know old from new
)

// Chapter 4.
const (
	stepClose      = 1 // Record that closing has begun
	stepFIN        = 2 // Say that nothing follows
	stepFINAgain   = 3 // Say it again
	stepPeerCloses = 4 // Hear that the other side has begun
	stepBothClose  = 7 // Close at the same time
	stepReset      = 8 // Doubt a reset
)

// Chapter 5.
const (
	stepKeep          = 1 // Keep the socket
	stepPeersFINAgain = 3 // Answer for the dead
	stepPast          = 4 // Live with the past
	stepOldReset      = 5 // Survive an assassination
	stepReopen        = 6 // Let a newer SYN in
)
