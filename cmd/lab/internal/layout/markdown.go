package layout

import (
	"cmp"
	"regexp"
	"strings"
)

var (
	markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	emphasis     = regexp.MustCompile(`\*{1,2}([^*\s](?:[^*]*[^*\s])?)\*{1,2}`)
	listItem     = regexp.MustCompile(`^(\s*(?:[-*]|[0-9]+\.) +)`)
	leading      = regexp.MustCompile(`^ *`)
)

// PlainWords takes from a line of Markdown what a title has no use for.
func PlainWords(line string) string { return strings.ReplaceAll(marked(line), "`", "") }

// marked takes from a line of Markdown what a terminal does not show. What is code stays
// between its marks.
func marked(line string) string {
	line = markdownLink.ReplaceAllString(line, "$1")
	parts := strings.Split(line, "`")
	for i := 0; i < len(parts); i += 2 { // outside of `code`
		parts[i] = emphasis.ReplaceAllString(parts[i], "$1")
	}
	return strings.Join(parts, "`")
}

// Markdown makes lines of at most width of a text in Markdown: paragraphs, lists, tables
// and code.
func Markdown(text string, width int) []string {
	var lines, paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			lines = append(lines, wrapItem(marked(strings.Join(paragraph, " ")), width)...)
			paragraph = nil
		}
	}
	code := false
	var table []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if len(table) > 0 && !strings.HasPrefix(strings.TrimSpace(line), "|") {
			lines, table = append(lines, tableLines(table, width)...), nil
		}
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			flush()
			code = !code
		case code:
			lines = append(lines, "    "+Shorten(strings.ReplaceAll(line, "\t", "    "), width-4))
		case strings.HasPrefix(strings.TrimSpace(line), "|"):
			flush()
			table = append(table, line)
			continue
		case strings.TrimSpace(line) == "":
			flush()
			lines = append(lines, "")
		case listItem.MatchString(line):
			flush()
			paragraph = append(paragraph, strings.TrimRight(line, " "))
		case len(paragraph) == 0: // which may belong to an item, and is indented then
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

// tableLines lays the lines of a table out in columns, indented as the first is. Where they
// have no room beside each other, the widest are wrapped; and where words have no room
// either, each row becomes an item of a list.
func tableLines(source []string, width int) []string {
	indent := leading.FindString(source[0])
	width -= len(indent)
	var rows [][]string
	var widths, least []int // of each column: its widest cell, and its widest word
	for _, line := range source {
		line = strings.TrimSpace(line)
		if tableRule.MatchString(line) {
			continue
		}
		line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00")
		cells := strings.Split(line, "|")
		for i, cell := range cells {
			cells[i] = marked(strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
			if i == len(widths) {
				widths, least = append(widths, 0), append(least, 0)
			}
			widths[i] = max(widths[i], Width(cells[i]))
			for _, word := range strings.Fields(cells[i]) {
				least[i] = max(least[i], Width(word))
			}
		}
		rows = append(rows, cells)
	}
	wraps, fits := narrow(widths, least, width)
	var lines []string
	for n, cells := range rows {
		if !fits {
			lines = append(lines, wrapItem("- "+strings.Join(cells, "; "), width)...)
			continue
		}
		if wraps && n > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, besideEachOther(cells, widths)...)
	}
	for n, line := range lines {
		if line != "" {
			lines[n] = indent + line
		}
	}
	return lines
}

// gap is how many columns lie between two cells.
const gap = 2

// narrow makes the widest columns of a table narrower, none less than least, until all fit
// the width beside each other. It reports whether it had to, and whether they do.
func narrow(widths, least []int, width int) (wraps, fits bool) {
	total := -gap
	for _, w := range widths {
		total += w + gap
	}
	for ; total > width; total-- {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return wraps, false
		}
		widths[widest]--
		wraps = true
	}
	return wraps, true
}

// besideEachOther returns the lines of a table's row.
func besideEachOther(cells []string, widths []int) []string {
	var lines []string
	column := 0
	for i, cell := range cells {
		for n, part := range Wrap(cell, widths[i]) {
			if n == len(lines) {
				lines = append(lines, "")
			}
			lines[n] = Padded(lines[n], column) + part
		}
		column += widths[i] + gap
	}
	for n := range lines {
		lines[n] = strings.TrimRight(lines[n], " ")
	}
	return lines
}

// wrapItem wraps a paragraph, and hangs the lines of a list's item under its text.
func wrapItem(text string, width int) []string {
	mark := cmp.Or(listItem.FindString(text), leading.FindString(text))
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
