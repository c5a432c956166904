package timewait

import (
	"fmt"
	"testing"

	"tcpworkbook/kit/script"
	"tcpworkbook/kit/tcp"
)

// wantChoice fails unless the next conversation's initial sequence number comes
// after every number that the old one has used.
func wantChoice(t *testing.T, s *script.Script, proposed, got tcp.Seq) {
	t.Helper()
	b := s.TCB()
	if !got.Less(b.Snd.Nxt) {
		return
	}
	s.Fail("old copies of our own segments must not fit the new conversation",
		fmt.Sprintf("want an ISS after all that was used: SND.NXT=%d or more, modulo 2^32;\n got %d, which is %d before that (%d was proposed)",
			b.Snd.Nxt, got, b.Snd.Nxt-got, proposed),
		script.If(b.Timestamps.On, "with timestamps or without: not every segment need have them in the next conversation, and not every peer looks at them. Choose a number above SND.NXT."),
		script.If(got == proposed, "the proposed number is not above SND.NXT, so an old segment of ours could pass for a new one. Choose one that is."),
		script.Likely("the new ISS has to come after b.Snd.Nxt, as Seq.Less orders numbers: they wrap, so never compare them with < or >."))
}

func TestStep7_AProposalThatIsTooLow(t *testing.T) {
	for _, numbers := range append(givenEdges, script.Numbers(iss, irs)) {
		s := script.InState(t, chapters, tcp.TimeWait, numbers, script.Change(func(b *tcp.TCB) {
			b.Snd.Nxt += 1_000_000 // a long conversation
			b.Snd.Una, b.Snd.Fin = b.Snd.Nxt, b.Snd.Nxt-1
		}))
		s.See("RFC 9293 §3.6.1, MAY-2")
		b := s.TCB()
		for _, timestamps := range []bool{false, true} {
			b.Timestamps.On = timestamps
			for _, below := range []int{1, 2, 3, 1000, 1 << 30} {
				proposed := b.Snd.Nxt.Add(-below)
				wantChoice(t, s, proposed, Chapter{}.NextISS(b, proposed))
			}
		}
	}
}

func TestStep7_AProposalThatIsHighEnough(t *testing.T) {
	for _, numbers := range append(givenEdges, script.Numbers(iss, irs)) {
		s := script.InState(t, chapters, tcp.TimeWait, numbers)
		s.See("RFC 9293 §3.6.1, MAY-2")
		b := s.TCB()
		for _, above := range []int{1, 5, 1000, 1 << 30} {
			proposed := b.Snd.Nxt.Add(above)
			script.WantEqual(s, "a number above all that was used is good, and hard to guess: keep it", "NextISS", Chapter{}.NextISS(b, proposed), proposed,
				script.Likely("return the proposed number when SND.NXT comes before it, as Seq.Less orders numbers: they wrap, so never compare them with < or >."))
		}
	}
}

func TestStep7_OnTheWire(t *testing.T) {
	s := givenWaiting(t, script.Change(func(b *tcp.TCB) { b.Snd.Nxt += 5000; b.Snd.Una, b.Snd.Fin = b.Snd.Nxt, b.Snd.Nxt-1 }))
	s.See("RFC 9293 §3.6.1, MAY-2")
	old := s.TCB()
	s.Send(tcp.Segment{Flags: tcp.SYN, Seq: irs + 1000})
	sent := s.Take()
	if len(sent) != 1 || sent[0].Flags != tcp.SYN|tcp.ACK {
		s.Fail("a newer SYN begins a new conversation", "want a SYN,ACK, but none was sent",
			script.Likely("step 6 comes first: Arrive returns true for a newer SYN."))
	}
	s.Use(old)
	wantChoice(t, s, iss, sent[0].Seq)
}
