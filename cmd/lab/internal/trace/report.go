package trace

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

// writeIntroduction says what is about to happen, and how to read what follows.
// It is written first, since the rest takes a moment.
func writeIntroduction(t *terminal.Terminal, f *flags, server netip.Addr) {
	closer := "server"
	if f.life.Closer == ladder.Left {
		closer = "client"
	}
	if f.real {
		t.Printf("%s\n", t.Bold("This machine's own TCP fetches a page from ours; the "+closer+" closes first."))
		writeCommand(t, life.Command(server, f.life.Path))
	} else {
		const most = layout.Columns - len("A browser fetches ; the server closes first.")
		page := layout.Shorten(life.PageAddress(server, f.life.Path), most)
		t.Printf("%s\n", t.Bold("A browser fetches "+page+"; the "+closer+" closes first."))
	}
	for _, sentence := range circumstances(f) {
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
		t.Printf("There is no %s here, so Go's own client does the same.\n", command[0])
	}
}

// circumstances says under which the page is fetched, and how to read the ladder.
func circumstances(f *flags) []string {
	o := &f.life
	sentences := []string{fmt.Sprintf("A packet takes %v. TIME-WAIT lasts 2MSL: %v here, 4 minutes by RFC 9293.",
		life.Delay, 2*o.MSL)}
	lost := ""
	if len(o.Lose) > 0 {
		lost += "Lost once: " + strings.Join(o.Lose, ", ") + ". "
	}
	if o.Loss > 0 {
		lost += fmt.Sprintf("Lost by chance: %s of all packets, with --seed %d. ", percent(o.Loss), o.Seed)
	}
	if lost != "" {
		sentences = append(sentences, lost+fmt.Sprintf("What is lost is sent again after %v to %v.", life.MinRTO, life.MaxRTO))
	}
	reading := "Each line shows both ends' states after its segment was processed."
	if f.real {
		reading = "Each line shows our state after its segment; the kernel does not tell its own."
	}
	reading += " win is a window, where it is news: for how many bytes its sender has room."
	return append(sentences, reading)
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
	t.Printf("\n%s: %s, %d bytes\n", t.Bold("The page"), p.Status, len(p.Body))
	if p.Body == "" {
		return
	}
	lines := strings.Split(strings.TrimRight(p.Body, "\n"), "\n")
	for i, line := range lines {
		if i == longestPage {
			t.Printf("  %s\n", t.Dim(fmt.Sprintf("… and %d lines more", len(lines)-i)))
			return
		}
		t.Printf("%s\n", strings.TrimRight("  "+line, " "))
	}
}

// writeTable writes the sockets of both hosts as they were at one moment.
func writeTable(t *terminal.Terminal, table *life.Table) {
	t.Printf("\n%s %s\n", t.Bold("Sockets"), table.Moment)
	w := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	none := true
	for _, h := range table.Hosts {
		for _, s := range h.Sockets {
			none = false
			fmt.Fprintf(w, "  %s\t%v\t%s\t%s\t%s\n", h.Host, s.State, tcp.Endpoint(s.Local), tcp.Endpoint(s.Remote), timer(s))
		}
	}
	w.Flush()
	if none {
		t.Printf("  none: every one is deleted\n")
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
