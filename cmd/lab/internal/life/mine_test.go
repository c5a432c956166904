package life

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/tcp"
)

// marked lists what happened in the usual life of two sockets, each with the ends whose
// deed it was by the ladder: "←" for the client's, "→" for the server's.
func marked(d *ladder.Diagram) []string {
	var all []string
	for _, r := range d.Rungs {
		line := ""
		for side, sign := range []string{"← ", "→ "} {
			if r.Mine[side] {
				line += sign
			}
		}
		switch r.Kind {
		case ladder.Sent:
			line += r.Segment.Flags.String()
		case ladder.Event:
			line += r.Text[:6]
		}
		if r.Kind != ladder.Heading {
			all = append(all, line)
		}
	}
	return all
}

// A line is the learner's where a function of his has done what it shows, and at that end
// only. Of chapters that are the reference's none is.
func TestLinesOfTheLearnersChapters(t *testing.T) {
	for _, life := range []struct {
		mine []int
		want []string
	}{
		{nil, []string{"Listen", "Dial: ", "SYN", "a sock", "SYN,ACK", "ACK", "PSH,ACK", "ACK", "PSH,ACK", "ACK",
			"Close(", "FIN,ACK", "ACK", "Close(", "FIN,ACK", "ACK", "waits ", "the so", "2MSL a", "Close("}},
		{[]int{1, 2}, []string{"→ Listen", "← Dial: ", "← → SYN", "→ a sock", "← → SYN,ACK", "← → ACK", "PSH,ACK", "ACK", "PSH,ACK", "ACK",
			"Close(", "FIN,ACK", "ACK", "Close(", "FIN,ACK", "ACK", "waits ", "← the so", "→ 2MSL a", "→ Close("}},
		{[]int{3}, []string{"Listen", "Dial: ", "SYN", "a sock", "SYN,ACK", "→ ACK", "← → PSH,ACK", "← → ACK", "← → PSH,ACK", "← → ACK",
			"Close(", "← FIN,ACK", "→ ACK", "Close(", "FIN,ACK", "← ACK", "waits ", "the so", "2MSL a", "Close("}},
		{[]int{4, 5}, []string{"Listen", "Dial: ", "SYN", "a sock", "SYN,ACK", "ACK", "PSH,ACK", "ACK", "PSH,ACK", "ACK",
			"→ Close(", "← → FIN,ACK", "← → ACK", "← Close(", "← → FIN,ACK", "← → ACK", "→ waits ", "the so", "→ 2MSL a", "→ Close("}},
		{[]int{1, 2, 3, 4, 5}, []string{"→ Listen", "← Dial: ", "← → SYN", "→ a sock", "← → SYN,ACK", "← → ACK", "← → PSH,ACK", "← → ACK", "← → PSH,ACK", "← → ACK",
			"→ Close(", "← → FIN,ACK", "← → ACK", "← Close(", "← → FIN,ACK", "← → ACK", "→ waits ", "← the so", "→ 2MSL a", "→ Close("}},
	} {
		o := options()
		o.Mine = life.mine
		if diff := cmp.Diff(life.want, marked(&live(t, o).Diagram)); diff != "" {
			t.Errorf("chapters %v (-want +got):\n%s", life.mine, diff)
		}
	}
}

// What is sent again is marked like the first, and what is lost nobody takes.
func TestLinesOfALostSYN(t *testing.T) {
	o := options()
	o.Mine, o.Lose = []int{2}, Losses{"syn"}
	d := live(t, o).Diagram
	sent := 0
	for _, r := range d.Rungs {
		if r.Kind == ladder.Sent && r.Segment.Flags == tcp.SYN {
			sent++
			want := [2]bool{true, r.Fate != ladder.Lost}
			if r.Mine != want {
				t.Errorf("a SYN that is %v: %v, want %v", r.Fate, r.Mine, want)
			}
		}
	}
	if sent != 2 {
		t.Errorf("%d SYNs", sent)
	}
}
