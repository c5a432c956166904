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
	var table []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if len(table) > 0 && !strings.HasPrefix(line, "|") {
			lines, table = append(lines, tableLines(table, width)...), nil
		}
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			flush()
			code = !code
		case code:
			lines = append(lines, "    "+Shorten(strings.ReplaceAll(line, "\t", "    "), width-4))
		case strings.HasPrefix(line, "|"):
			flush()
			table = append(table, line)
			continue
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
	if len(table) > 0 {
		lines = append(lines, tableLines(table, width)...)
	}
	return lines
}

var tableRule = regexp.MustCompile(`^\|[-:| ]+$`)

// tableLines lays the lines of a table out in columns. Where they have no room beside each
// other, each row becomes an item of a list.
func tableLines(source []string, width int) []string {
	var rows [][]string
	var widths []int
	for _, line := range source {
		if tableRule.MatchString(line) {
			continue
		}
		line = strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, "\x00")
		cells := strings.Split(line, "|")
		for i, cell := range cells {
			cells[i] = PlainWords(strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cells[i]))
		}
		rows = append(rows, cells)
	}
	total := -2
	for _, w := range widths {
		total += w + 2
	}
	var lines []string
	for _, cells := range rows {
		if total > width {
			lines = append(lines, wrapItem("- "+strings.Join(cells, "; "), width)...)
			continue
		}
		line := ""
		for i, cell := range cells {
			line += Padded(cell, widths[i]+2)
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
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
