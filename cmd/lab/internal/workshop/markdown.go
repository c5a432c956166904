package workshop

import (
	"html/template"
	"regexp"
	"strings"
)

// What a lesson's paragraph may have in it: code, strong and emphasised words, links.
var (
	code     = regexp.MustCompile("`([^`]+)`")
	strong   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emphasis = regexp.MustCompile(`\*([^*]+)\*`)
	link     = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)
)

// inline returns a paragraph of Markdown as HTML. Paper has no links: their text stays.
func inline(markdown string) template.HTML {
	text := template.HTMLEscapeString(strings.Join(strings.Fields(markdown), " "))
	text = link.ReplaceAllString(text, "$1")
	var html strings.Builder
	for i, part := range code.Split(text, -1) {
		if i > 0 {
			name := code.FindAllStringSubmatch(text, i)[i-1][1]
			html.WriteString("<code>" + name + "</code>")
		}
		part = strong.ReplaceAllString(part, "<b>$1</b>")
		html.WriteString(emphasis.ReplaceAllString(part, "<em>$1</em>"))
	}
	return template.HTML(html.String())
}
