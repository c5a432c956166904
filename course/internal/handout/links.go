package handout

import (
	"path"
	"regexp"
	"strings"

	"tcpworkbook/kit/workbook"
)

// link is a link or an image in Markdown, its text perhaps over several lines.
var link = regexp.MustCompile(`!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)`)

// later is what is said of a solution that is not there yet.
var later = map[workbook.Edition]string{
	workbook.English: " (handed out later)",
	workbook.Korean:  " (나중에 배포됩니다)",
}

// unlink has the text of a link stand alone where what it leads to is not handed out.
func unlink(files map[string][]byte) {
	for name, text := range files {
		if path.Ext(name) != ".md" {
			continue
		}
		edition := workbook.English
		if strings.HasSuffix(name, workbook.Korean.Readme()) {
			edition = workbook.Korean
		}
		files[name] = link.ReplaceAllFunc(text, func(whole []byte) []byte {
			m := link.FindSubmatch(whole)
			if target, isThere := leadsTo(files, name, string(m[2])); isThere {
				return whole
			} else if strings.HasPrefix(target, workbook.Solutions+"/") {
				return append(m[1], later[edition]...)
			}
			return m[1]
		})
	}
}

// leadsTo returns the file or folder that a link in a file leads to, and whether that is
// there, the heading that it names included. A link to the web always is.
func leadsTo(files map[string][]byte, from, to string) (target string, isThere bool) {
	if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
		return "", true
	}
	to, anchor, _ := strings.Cut(to, "#")
	target = from
	if to != "" {
		target = path.Join(path.Dir(from), to)
	}
	text, isFile := files[target]
	if !isFile {
		for name := range files {
			if strings.HasPrefix(name, target+"/") {
				return target, true
			}
		}
		return target, false
	}
	return target, anchor == "" || path.Ext(target) != ".md" || hasHeading(text, anchor)
}

// hasHeading reports whether a Markdown text has a heading of that anchor.
func hasHeading(text []byte, anchor string) bool {
	for line := range strings.Lines(string(text)) {
		heading := strings.TrimLeft(line, "#")
		if heading != line && workbook.Anchor(strings.TrimSpace(heading)) == anchor {
			return true
		}
	}
	return false
}

// dead returns the links that lead nowhere, each with the file that it is in.
func dead(files map[string][]byte) []string {
	var found []string
	for name, text := range files {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			if _, isThere := leadsTo(files, name, string(m[2])); !isThere {
				found = append(found, name+": "+string(m[2]))
			}
		}
	}
	return found
}
