package trace

import (
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/mine"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// writeOwners says whose chapters run, and how what yours do is marked.
func writeOwners(t *terminal.Terminal, yours []int) {
	mine.WriteOwners(t)
	if len(yours) == 0 {
		return
	}
	legend := t.Say("%s before a state: your code did that, at that end.", ladder.MineMark)
	for _, line := range layout.Wrap(legend, layout.Columns) {
		t.Printf("%s\n", line)
	}
}

// writeIntroduction says what is about to happen, and how to read what follows.
// It is written first, since the rest takes a moment.
func writeIntroduction(t *terminal.Terminal, f *flags, server netip.Addr) {
	closer := t.Say("the server closes first.")
	if f.life.Closer == ladder.Left {
		closer = t.Say("the client closes first.")
	}
	if f.real {
		t.Printf("%s\n", t.Bold(t.Say("This machine's own TCP fetches a page from ours; %s", closer)))
		writeCommand(t, life.Command(server, f.life.Path))
	} else {
		most := layout.Columns - layout.Width(t.Say("A browser fetches %s; %s", "", closer))
		page := layout.Shorten(life.PageAddress(server, f.life.Path), most)
		t.Printf("%s\n", t.Bold(t.Say("A browser fetches %s; %s", page, closer)))
	}
	for _, sentence := range circumstances(t, f) {
		for _, line := range layout.Wrap(sentence, layout.Columns) {
			t.Printf("%s\n", line)
		}
	}
	t.Printf("\n")
}

// writeCommand shows how the page is fetched by the kernel's TCP.
func writeCommand(t *terminal.Terminal, command []string) {
	t.Printf("  %s\n", layout.Shorten(shellCommand(command), layout.Columns-2))
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Printf("%s\n", t.Say("There is no %s here, so Go's own client does the same.", command[0]))
	}
}

// circumstances says under which the page is fetched, and how to read the ladder.
func circumstances(t *terminal.Terminal, f *flags) []string {
	o := &f.life
	sentences := []string{t.Say("A packet takes %v. TIME-WAIT lasts 2MSL: %v here, 4 minutes by RFC 9293.",
		life.Delay, 2*o.MSL)}
	lost := ""
	if len(o.Lose) > 0 {
		lost += t.Say("Lost once: %s.", strings.Join(o.Lose, ", ")) + " "
	}
	if o.Loss > 0 {
		lost += t.Say("Lost by chance: %s of all packets, with --seed %d.", percent(o.Loss), o.Seed) + " "
	}
	if lost != "" {
		sentences = append(sentences, lost+t.Say("What is lost is sent again after %v to %v.", life.MinRTO, life.MaxRTO))
	}
	reading := t.Say("Each line shows both ends' states after its segment was processed.")
	if f.real {
		reading = t.Say("Each line shows our state after its segment; the kernel does not tell its own.")
	}
	return append(sentences, reading+" "+t.Say("win is a window, where it is news: for how many bytes its sender has room."))
}

// shellCommand writes a command as one would type it.
func shellCommand(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if strings.ContainsAny(word, " *?&;$'\"<>|()#~`\\[]{}!") {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// longestPage is how many lines of a page are shown.
const longestPage = 24

// writePage writes what the browser got.
func writePage(t *terminal.Terminal, p *life.Page) {
	if p.Status == "" {
		return
	}
	t.Printf("\n%s: %s\n", t.Bold(t.Say("The page")), t.Say("%s, %d bytes", p.Status, len(p.Body)))
	if p.Body == "" {
		return
	}
	lines := strings.Split(strings.TrimRight(p.Body, "\n"), "\n")
	for i, line := range lines {
		if i == longestPage {
			t.Printf("  %s\n", t.Dim(t.Say("… and %d lines more", len(lines)-i)))
			return
		}
		t.Printf("%s\n", strings.TrimRight("  "+line, " "))
	}
}

// writeTable writes the sockets of both hosts as they were at one moment.
func writeTable(t *terminal.Terminal, table *life.Table) {
	t.Printf("\n%s %s\n", t.Bold(t.Say("Sockets")), t.Phrase(table.Moment))
	var rows [][5]string
	var widths [5]int
	for _, h := range table.Hosts {
		for _, s := range h.Sockets {
			row := [5]string{t.Phrase(h.Host), s.State.String(), tcp.Endpoint(s.Local), tcp.Endpoint(s.Remote), t.Phrase(timer(s))}
			rows = append(rows, row)
			for i, cell := range row {
				widths[i] = max(widths[i], layout.Width(cell))
			}
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += "  " + layout.Padded(cell, widths[i])
		}
		t.Printf("%s\n", strings.TrimRight(line, " "))
	}
	if len(rows) == 0 {
		t.Printf("  %s\n", t.Say("none: every one is deleted"))
	}
}

// timer says what a socket waits for, besides segments.
func timer(s sockets.Socket) string {
	if s.Timer == "" {
		return "-"
	}
	return s.Timer + " " + s.TimeLeft.Round(10*time.Millisecond).String()
}

// percent writes a share: 0.2 is "20%".
func percent(share float64) string { return strconv.FormatFloat(share*100, 'g', 4, 64) + "%" }
