package trace

import (
	"strings"

	"tcpworkbook/cmd/lab/internal/diff"
	"tcpworkbook/cmd/lab/internal/mine"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions"
)

// What is too rare to be met by chance, or has to be the same each time, is played from a
// text, in a time of its own: see package story.

// tale is such a conversation.
type tale struct {
	flag  string
	tells string // what happens, in a sentence
	text  string
}

const opened = "1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3;accept.B"

// tales are what the flags of lab trace ask for.
var tales = []tale{
	{"cross", "A and B open at the same moment, each to the other's port: the two SYNs cross.",
		"1;plain;isn.A.100;isn.B.300;connect.A.50000.80;connect.B.80.50000;step.4;write.A.5;step.2;read.B;close.A;close.B;wait.300000"},
	{"reboot", "B reboots in the middle of a conversation, and A, which knows nothing of it, goes on.",
		opened + ";write.A.5;step.2;reboot.B;listen.B.80;write.A.5;wait.1000"},
}

// compared are the conversations that lab trace --compare has both play.
var compared = append([]tale{
	{tells: "A asks, B answers; B closes first.",
		text: opened + ";write.A.100;step.2;read.B;write.B.3000;wait.2000;read.A;close.B;step.2;close.A;wait.300000"},
	{tells: "The same, and packets 2, 5 and 8 are lost once each.",
		text: "1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;lose.1;wait.9000;accept.B;write.A.100;lose.5;wait.9000;read.B;write.B.3000;lose.8;wait.20000;read.A;close.B;step.2;close.A;wait.300000"},
}, tales...)

// play has a conversation played by these chapters at both ends. What yours do is marked.
func (c tale) play(t *terminal.Terminal, chapters stack.Chapters, yours []int) *ladder.Diagram {
	cast := story.Cast{Reference: chapters, Yours: yours}
	if t.Edition == workbook.Korean {
		cast.Language = story.Korean
	}
	d := story.Perform(c.text, cast).Diagram()
	d.Say = t.Phrase
	return d
}

// writeTale shows a conversation that is played from a text.
func writeTale(t *terminal.Terminal, c tale, chapters stack.Chapters, yours []int, raw bool) {
	writeOwners(t, yours)
	t.Printf("%s\n%s\n\n", t.Bold(t.Phrase(c.tells)), t.Dim(t.Say("Played again, it is the same; \"lab play\" has more of these.")))
	c.play(t, chapters, yours).Text(t.Out, ladder.TextOptions{Color: t.Color, Raw: raw})
}

// writeComparison shows where the learner's chapters leave the reference's ladder.
func writeComparison(t *terminal.Terminal, chapters stack.Chapters) {
	mine.WriteOwners(t)
	same := 0
	for _, c := range compared {
		var yours, reference strings.Builder
		c.play(t, chapters, nil).Text(&yours, ladder.TextOptions{})
		c.play(t, solutions.Chapters(), nil).Text(&reference, ladder.TextOptions{})
		changes := diff.Unified(yours.String(), reference.String())
		if len(changes) == 0 {
			same++
			continue
		}
		t.Printf("\n%s\n%s\n", t.Bold(t.Phrase(c.tells)), t.Say("- yours   + the reference's"))
		for _, line := range changes {
			style := map[byte]string{'+': "32", '-': "31", '@': "2"}[line.Kind]
			t.Printf("%s\n", t.Styled(style, line.String()))
		}
	}
	t.Printf("%s\n", t.Say("%d of %d conversations are the same, line for line.", same, len(compared)))
	if same < len(compared) {
		t.Printf("%s\n", t.Say("Where yours is another it need not be wrong: the lessons say what the RFC leaves open."))
	}
}
