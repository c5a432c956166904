package solutions_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/solutions/internal/stories"
)

// What arrives and is not taken says why: of which the page shows a cross in the place of an
// arrow's head. The rest says nothing.
func TestDropped(t *testing.T) {
	for name, c := range map[string]struct{ text, dropped, check string }{
		"a repetition":      {opened + ";write.A.5;dup.4.500;step.9", "SEQ not in the window", "SEQ 101 is not in the window 106…65635"},
		"nobody's":          {"1;plain;isn.A.100;connect.A.50000.80;step", "no socket for it", "no socket of B has these two ends"},
		"ACK of nothing":    {opened + ";inject.A.seq.301.ack.500.flags.ack;step", "ACK of what was not sent", "ACK 500 is above SND.NXT 101"},
		"FIN and no ACK":    {opened + ";inject.A.seq.301.flags.fin;step", "no ACK", "it has no ACK flag"},
		"RST in the window": {opened + ";inject.A.seq.400.flags.rst;step", "RST not at RCV.NXT", "SEQ 400 is in the window, but not RCV.NXT 301 (RFC 5961)"},
		"a SYN":             {opened + ";inject.A.seq.400.flags.syn;step", "SYN in a conversation", "a SYN in ESTABLISHED is answered, and not taken (RFC 5961)"},
		"SYN-SENT":          {"1;plain;isn.A.100;isn.B.300;connect.A.50000.80;inject.A.seq.7.ack.7.flags.syn+ack.from.80.to.50000;now.2", "ACK of what was not sent", "ACK 7 does not acknowledge the SYN: that would be 101"},
	} {
		t.Run(name, func(t *testing.T) {
			var found []story.Row
			for _, r := range stories.Perform(c.text).Rows {
				if r.Dropped != "" {
					found = append(found, r)
				}
			}
			require.NotEmpty(t, found)
			assert.Equal(t, c.dropped, found[0].Dropped)
			assert.Equal(t, c.check, found[0].Check)
		})
	}

	dropped := func(text string) (all []string) {
		for _, r := range stories.Perform(text).Rows {
			if r.Dropped != "" {
				require.Equal(t, story.Arrived, r.Kind)
				all = append(all, r.Host+": "+r.Flags+": "+r.Dropped)
			}
		}
		return all
	}
	assert.Empty(t, dropped(opened+";write.A.5;step.9;read.B;write.B.5;step.9;close.A;step.9;close.B;step.9;skip"), "all is taken")
	assert.Empty(t, dropped(opened+";write.A.5000;lose.4;step.30;read.B;step.9"), "a retransmission, and what waits behind a hole")
	assert.Equal(t, []string{"B: SYN: no socket for it"}, dropped("1;plain;isn.A.100;connect.A.50000.80;step.2"), "the RST is taken")

	for _, s := range scenario.All("") {
		if s.ID != "5.1" {
			continue
		}
		assert.Equal(t, []string{"B: ACK: ACK of what was not sent"}, dropped(s.Text), "the accident: the copy is taken")
		timewait := dropped(s.Without[0].Text)
		assert.NotContains(t, strings.Join(timewait, "\n"), "A: FIN", "the wait begins anew: the FIN is taken")
		for n, says := range map[int]string{1: "A: FIN,ACK: SEQ not in the window", 2: "A: FIN,ACK: old timestamp"} {
			assert.Equal(t, []string{says}, dropped(s.Without[n].Text))
		}
	}
}
