package workbook

import (
	"regexp"
	"strings"
	"unicode"
)

// How much English may stand in a row in the Korean edition, words: names of
// documents, and terms beside their Korean ones. A paragraph with as much as
// mostEnglish must have some Korean.
const (
	mostEnglish    = 3
	longestEnglish = 6
)

var latinRun = regexp.MustCompile(`[A-Za-z][A-Za-z'’-]*(?:[ \n,;:.]+[A-Za-z][A-Za-z'’-]*)*`)

// language looks for what has been left in English.
func (p *pair) language(ko section) {
	for _, b := range ko.of(paragraph, item, table) {
		parts := [][]string{{b.text}}
		if b.kind == table {
			parts = cells(b)
		}
		for row, part := range parts {
			for _, text := range part {
				text = withoutCode(text)
				if len(englishWords(text)) >= mostEnglish && !hasHangul(text) {
					p.say(ko, b.line+row, "there is no Korean in %q", strings.TrimSpace(text))
				}
				for _, run := range latinRun.FindAllString(text, -1) {
					if words := englishWords(run); len(words) > longestEnglish {
						p.say(ko, b.line+row, "so much English in a row is not translated: %q", run)
					}
				}
			}
		}
	}
}

var (
	anyLink     = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)
	quotation   = regexp.MustCompile(`"[^"]*"|“[^”]*”`)
	englishWord = regexp.MustCompile(`(?:^|[^\w.])([a-z]{2,})\b`)
)

// withoutCode returns a text without what stands in backquotes, where links lead,
// file names in links, and quotations.
func withoutCode(text string) string {
	text = anyLink.ReplaceAllStringFunc(codeSpan.ReplaceAllString(text, "`"), func(link string) string {
		if m := anyLink.FindStringSubmatch(link); !strings.Contains(m[1], "/") {
			return m[1]
		}
		return ""
	})
	return quotation.ReplaceAllString(text, `"`)
}

// englishWords returns the words in small letters in a text.
func englishWords(text string) []string { return englishWord.FindAllString(text, -1) }

func hasHangul(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}
