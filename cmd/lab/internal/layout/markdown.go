package layout

import (
	"regexp"
	"strings"
)

var (
	markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	emphasis     = regexp.MustCompile(`\*{1,2}([^*\s](?:[^*]*[^*\s])?)\*{1,2}`)
	listItem     = regexp.MustCompile(`^(\s*(?:[-*]|[0-9]+\.) +)`)
)

// PlainWords takes from a line of Markdown what a terminal does not show.
func PlainWords(line string) string {
	line = markdownLink.ReplaceAllString(line, "$1")
	var plain strings.Builder
	for i, part := range strings.Split(line, "`") {
		if i%2 == 0 { // outside of `code`
			part = emphasis.ReplaceAllString(part, "$1")
		}
		plain.WriteString(part)
	}
	return plain.String()
}

// Markdown makes lines of at most width of a text in Markdown: paragraphs, lists and code.
func Markdown(text string, width int) []string {
	var lines, paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			lines = append(lines, wrapItem(PlainWords(strings.Join(paragraph, " ")), width)...)
			paragraph = nil
		}
	}
	code := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			flush()
			code = !code
		case code:
			lines = append(lines, "    "+Shorten(strings.ReplaceAll(line, "\t", "    "), width-4))
		case strings.TrimSpace(line) == "":
			flush()
			lines = append(lines, "")
		case listItem.MatchString(line):
			flush()
			paragraph = append(paragraph, strings.TrimRight(line, " "))
		default:
			paragraph = append(paragraph, strings.TrimSpace(line))
		}
	}
	flush()
	return lines
}

// wrapItem wraps a paragraph, and hangs the lines of a list's item under its text.
func wrapItem(text string, width int) []string {
	mark := listItem.FindString(text)
	lines := Wrap(text[len(mark):], width-len(mark))
	for i := range lines {
		if i == 0 {
			lines[i] = mark + lines[i]
		} else {
			lines[i] = strings.Repeat(" ", len(mark)) + lines[i]
		}
	}
	return lines
}
