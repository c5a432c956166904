package workbook

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// document is a lesson, or the README at the top, in one edition.
type document struct {
	file     string // from the workbook's folder, with slashes
	sections []section
}

// section is a heading and what stands under it, up to the next heading.
type section struct {
	line    int
	level   int
	heading string
	blocks  []block
}

// block is a paragraph, or what else stands between empty lines.
type block struct {
	kind kind
	line int
	info string // the language of code; the summary of what is folded
	text string
}

type kind string

const (
	paragraph kind = "a paragraph"
	item      kind = "an item of a list"
	table     kind = "a table"
	code      kind = "a code block"
	diagram   kind = "a Mermaid diagram"
	fold      kind = "a <details>"
	unfold    kind = "a </details>"
)

// stepNumber matches the heading of a step in any edition.
var stepNumber = regexp.MustCompile(`^(?:Step|단계) ([0-9]+): `)

// step returns the number of the step that a section is; 0 when it is none.
func (s section) step() int {
	m := stepNumber.FindStringSubmatch(s.heading)
	if m == nil {
		return 0
	}
	number, _ := strconv.Atoi(m[1])
	return number
}

// of returns the section's blocks of some kinds.
func (s section) of(kinds ...kind) []block {
	var found []block
	for _, b := range s.blocks {
		if slices.Contains(kinds, b.kind) {
			found = append(found, b)
		}
	}
	return found
}

// prose returns what is no code, in which nothing is to be copied to the letter.
func (s section) prose() string {
	text := s.heading + "\n\n"
	for _, b := range s.of(paragraph, item, table) {
		text += b.text + "\n\n"
	}
	return text
}

// readDocument reads a Markdown file, as far as lessons use Markdown.
func readDocument(t *testing.T, root, file string) document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	require.NoError(t, err)
	return parse(file, strings.ReplaceAll(string(text), "\r\n", "\n"))
}

var (
	headingLine = regexp.MustCompile(`^(#{1,6}) +(.+?) *$`)
	fenceLine   = regexp.MustCompile("^\\s*```\\s*(\\S*)\\s*$")
	itemLine    = regexp.MustCompile(`^\s*(?:[-*]|[0-9]+\.) `)
	summaryLine = regexp.MustCompile(`^\s*<details><summary>(.*?)</summary>(.*)$`)
)

// parse takes a document apart.
func parse(file, text string) document {
	d := document{file: file, sections: []section{{line: 1}}}
	open := false // whether the last block goes on
	for n, line := range strings.Split(text, "\n") {
		s := &d.sections[len(d.sections)-1]
		begin := func(k kind, info, text string) {
			s.blocks = append(s.blocks, block{kind: k, line: n + 1, info: info, text: text})
		}
		var last *block
		if open {
			last = &s.blocks[len(s.blocks)-1]
		}
		inCode := last != nil && (last.kind == code || last.kind == diagram)
		fence := fenceLine.FindStringSubmatch(line)
		switch {
		case inCode && fence != nil:
			open = false
		case inCode:
			last.text += line + "\n"
		case fence != nil:
			k := code
			if fence[1] == "mermaid" {
				k = diagram
			}
			begin(k, fence[1], "")
			open = true
		case strings.TrimSpace(line) == "":
			open = false
		case headingLine.MatchString(line):
			m := headingLine.FindStringSubmatch(line)
			d.sections = append(d.sections, section{line: n + 1, level: len(m[1]), heading: m[2]})
			open = false
		case summaryLine.MatchString(line):
			m := summaryLine.FindStringSubmatch(line)
			begin(fold, m[1], "")
			if open = strings.TrimSpace(m[2]) != ""; open {
				begin(paragraph, "", m[2])
			}
		case strings.TrimSpace(line) == "</details>":
			begin(unfold, "", "")
			open = false
		case strings.HasPrefix(line, "|") && (last == nil || last.kind != table):
			begin(table, "", line)
			open = true
		case itemLine.MatchString(line) && (last == nil || last.kind == item):
			begin(item, "", line)
			open = true
		case last != nil:
			last.text += "\n" + line
		default:
			begin(paragraph, "", line)
			open = true
		}
	}
	return d
}

var codeSpan = regexp.MustCompile("``(.+?)``|`([^`]+)`")

// codeSpans returns what stands in backquotes, with one space between words.
func codeSpans(text string) []string {
	var spans []string
	for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, strings.Join(strings.Fields(m[1]+m[2]), " "))
	}
	return spans
}

var (
	linkTarget  = regexp.MustCompile(`(!?)\[[^\]]*\]\(([^)\s]+)[^)]*\)`)
	imageSource = regexp.MustCompile(`<img[^>]*?\ssrc="([^"]*)"`)
)

// links returns the targets of links, and of images.
func links(text string) (links, images []string) {
	for _, m := range linkTarget.FindAllStringSubmatch(text, -1) {
		if m[1] == "" {
			links = append(links, m[2])
		} else {
			images = append(images, m[2])
		}
	}
	for _, m := range imageSource.FindAllStringSubmatch(text, -1) {
		images = append(images, m[1])
	}
	return links, images
}

// cells returns a table's cells, row by row.
func cells(b block) [][]string {
	var rows [][]string
	for line := range strings.SplitSeq(b.text, "\n") {
		line = codeSpan.ReplaceAllStringFunc(line, func(s string) string { return strings.ReplaceAll(s, "|", "¦") })
		rows = append(rows, strings.Split(strings.Trim(strings.TrimSpace(strings.ReplaceAll(line, `\|`, "¦")), "|"), "|"))
	}
	return rows
}

// anchors returns what a link to each of a document's sections has behind the #:
// GitHub numbers those that come again.
func (d document) anchors() []string {
	seen := make(map[string]int)
	var all []string
	for _, s := range d.sections {
		a := Anchor(s.heading)
		seen[a]++
		if n := seen[a]; n > 1 {
			a += "-" + strconv.Itoa(n-1)
		}
		all = append(all, a)
	}
	return all
}
