package page

import (
	"regexp"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// message is what a failed test says, taken apart to be shown.
type message struct {
	test   string   // its name
	at     string   // "open_test.go:41", "" when it does not say
	reason string   // why something was expected
	body   []string // what there was instead, the ladder, what is likely
	read   string   // where to read, beside the lesson

	printed []string // by the learner's code, meanwhile
}

var (
	firstLine = regexp.MustCompile(`^\s*(\S+\.go:[0-9]+): (.*)$`)
	readLine  = regexp.MustCompile(`^\s*(?:read|읽기): +(.*)$`)
	lessonRef = regexp.MustCompile(`^\S+README(?:\.ko)?\.md, (?:step|단계) [0-9]+(?: · )?`)
)

// Failure returns what a failed test says, in at most most lines.
func Failure(t *terminal.Terminal, f workbook.Failure, width, most int) []string {
	return messageOf(f).lines(t, width, most)
}

// messageOf takes a failure apart.
func messageOf(f workbook.Failure) message {
	m := message{test: f.Test}
	lines := dedented(strings.Split(strings.TrimRight(check.Printable(f.Text), "\n"), "\n"))
	for i, line := range lines {
		line = strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), " ")
		first := firstLine.FindStringSubmatch(line)
		switch {
		case i == 0 && first != nil:
			m.at = first[1]
			m.reason, _ = workbook.CutStep(first[2])
		case i == 0:
			m.reason, _ = workbook.CutStep(line)
		case readLine.MatchString(line):
			m.read = lessonRef.ReplaceAllString(readLine.FindStringSubmatch(line)[1], "")
		default:
			m.body = append(m.body, line)
		}
	}
	m.body = dedented(m.body)
	if f.Printed != "" {
		m.printed = strings.Split(strings.ReplaceAll(check.Printable(f.Printed), "\t", "    "), "\n")
	}
	return m
}

// dedented takes away the spaces that all lines begin with.
func dedented(lines []string) []string {
	least := -1
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if n := len(line) - len(strings.TrimLeft(line, " ")); least < 0 || n < least {
			least = n
		}
	}
	result := make([]string, len(lines))
	for i, line := range lines {
		if len(line) > least {
			result[i] = line[max(least, 0):]
		}
	}
	return result
}

// lines returns the message in at most most lines. What is cut away, if it has to
// be, is the middle: the end of the ladder, its row that is wrong, and what is likely say
// most.
func (m message) lines(t *terminal.Terminal, width, most int) []string {
	head := t.Dim(layout.Shorten(m.test, width))
	if place := " (" + m.at + ")"; m.at != "" && len(m.test)+len(place) <= width {
		head += t.Dim(place)
	}
	top := []string{head}
	for _, line := range layout.Wrap(m.reason, width) {
		top = append(top, t.Bold(line))
	}
	printed := m.printedLines(t, width, max(most/4, 3))
	return append(append(top, m.bodyLines(t, width, max(most-len(top)-len(printed), 4))...), printed...)
}

// printedLines returns what the learner's code printed, the latest of it if there is more.
func (m message) printedLines(t *terminal.Terminal, width, most int) []string {
	if len(m.printed) == 0 {
		return nil
	}
	head, latest := t.Say("you printed:"), m.printed
	if over := len(latest) - (most - 1); over > 0 {
		head, latest = t.Say("you printed, %d lines before these:", over), latest[over:]
	}
	lines := []string{t.Styled("36", head)}
	for _, line := range latest {
		lines = append(lines, layout.Shorten("  "+line, width))
	}
	return lines
}

// fewestRows are how many of a ladder's rows tell enough: the first, which says how it began,
// and the last three.
const fewestRows = 4

// ladderRow matches a row of a ladder that is not the wrong one.
var ladderRow = regexp.MustCompile(`^ +[0-9]+\.[0-9]{3}s `)

// ladderRows returns where a message's ladder begins, and where it ends or has its first wrong
// row.
func ladderRows(lines []string) (first, last int) {
	is := func(line string) bool { return ladderRow.MatchString(layout.WithoutEscapes(line)) }
	if first = slices.IndexFunc(lines, is); first < 0 {
		return 0, 0
	}
	for last = first; last < len(lines) && is(lines[last]); {
		last++
	}
	return first, last
}

func (m message) bodyLines(t *terminal.Terminal, width, most int) []string {
	var lines []string
	likely := false
	for i, line := range m.body {
		starts := strings.HasPrefix(line, "likely:") || strings.HasPrefix(line, "짐작:")
		likely = starts || likely && strings.HasPrefix(line, " ")
		switch {
		case likely:
			line = t.Styled("33", layout.Shorten(line, width)) // yellow
		case strings.HasPrefix(line, "✗"):
			line = t.Styled("31", layout.Shorten(line, width)) // red
		case i == 0 && len(line) > width:
			lines = append(lines, layout.Wrap(line, width)...)
			continue
		default:
			line = layout.Shorten(line, width)
		}
		lines = append(lines, line)
	}
	return cutMiddle(t, lines, most)
}

// sameField matches what is the same in both segments of a diff.
var sameField = regexp.MustCompile(`^   [A-Z]\w+: `)

// cutMiddle leaves out of a message's lines what is over most: what a diff shows and does not
// differ; of the ladder, if that is enough, else from the message's middle; but not the row of
// the ladder that is wrong, nor one line of a diff without the other.
func cutMiddle(t *terminal.Terminal, lines []string, most int) []string {
	if len(lines) > most {
		lines = slices.DeleteFunc(lines, sameField.MatchString)
	}
	over := len(lines) - most
	if over <= 0 {
		return lines
	}
	if first, last := ladderRows(lines); last-first-over-1 >= fewestRows {
		return slices.Concat(lines[:first+1], []string{t.Dim("    …")}, lines[first+2+over:]) // "…" is one more
	}
	keep := min(3, most/2)
	cut := append(lines[:keep:keep], t.Dim("    …"))
	for i, line := range lines[keep:] {
		torn := over < 0 && strings.HasPrefix(line, "+  ") && strings.HasPrefix(lines[keep+i-1], "-  ") && cut[len(cut)-1] != lines[keep+i-1]
		if torn || over >= 0 && !strings.HasPrefix(layout.WithoutEscapes(line), "✗") { // "…" is one more
			over--
			continue
		}
		cut = append(cut, line)
	}
	return cut
}
