package timewait

// verdict is what a segment turns out to be.
type verdict uint8

const (
	nothing      verdict = iota // neither asks for anything nor harms
	over                        // a reset that is obeyed
	begins                      // a SYN that may begin the next conversation
	finAgain                    // the peer's FIN again: our ACK was lost
	pastWithNews                // of the past, with text or FIN: answered each time
	pastEmpty                   // of the past, without: answered now and then
	verdicts                    // how many there are
)

// judge says what the segment is. It changes nothing.
func judge(r reading, obeyResets bool) verdict {
	switch {
	case r.kind == reset:
		return judgeReset(r, obeyResets)
	case r.kind == syn && newer(r):
		return begins
	case r.fin && r.last == 0:
		return finAgain
	case r.fin || r.text:
		return pastWithNews
	case r.kind == plain && r.first >= 0 && r.first < r.room:
		return nothing
	}
	return pastEmpty
}

func judgeReset(r reading, obeyResets bool) verdict {
	if obeyResets && r.first == 0 {
		return over
	}
	return nothing
}

// newer lets the timestamps decide, and where they cannot, the numbers.
func newer(r reading) bool {
	if r.stamp != 0 {
		return r.stamp > 0
	}
	return r.first > 0
}
