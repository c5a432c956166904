package workbook

import (
	"bytes"
	"cmp"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The RFC that is meant where none is named.
const theRFC = "9293"

// rfcs is what testdata/rfcs.txt says: of each RFC the sections, and of each
// requirement of RFC 9293 the sections that it stands in.
type rfcs struct {
	sections     map[string]map[string]string // RFC, section: what it is about
	requirements map[string][]string
}

var requirementName = regexp.MustCompile(`^(?:MUST|SHLD|MAY|REC)-[0-9]+$`)

func readRFCs(t *testing.T) rfcs {
	t.Helper()
	const file = "testdata/rfcs.txt"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	r := rfcs{make(map[string]map[string]string), make(map[string][]string)}
	rfc := ""
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := fmt.Sprintf("%s:%d", file, n+1)
		name, rest, _ := strings.Cut(line, " ")
		about := strings.TrimSpace(rest)
		switch {
		case name == "RFC":
			rfc, _, _ = strings.Cut(about, " ")
			require.NotContains(t, r.sections, rfc, at)
			r.sections[rfc] = make(map[string]string)
		case requirementName.MatchString(name):
			where, what, _ := strings.Cut(about, " ")
			require.NotContains(t, r.requirements, name, at)
			require.NotEmpty(t, strings.TrimSpace(what), at)
			r.requirements[name] = strings.Split(where, ",")
			for _, section := range r.requirements[name] {
				require.Contains(t, r.sections[theRFC], section, at)
			}
		default:
			require.NotContains(t, r.sections[rfc], name, at)
			require.NotEmpty(t, about, at)
			r.sections[rfc][name] = about
		}
	}
	return r
}

// passage is a text that belongs together: a paragraph of a comment or of a lesson, a
// string.
type passage struct {
	text string
	// lines[i] is the line of the file that begins at text[starts[i]].
	starts, lines []int
}

// add appends a line of the file.
func (p *passage) add(line int, text string) {
	if len(p.starts) > 0 {
		p.text += " "
	}
	p.starts, p.lines = append(p.starts, len(p.text)), append(p.lines, line)
	p.text += text
}

// line returns the line of the file that text[offset] stands in.
func (p *passage) line(offset int) int {
	i, exact := slices.BinarySearch(p.starts, offset)
	if !exact {
		i--
	}
	return p.lines[i]
}

// citation matches what names an RFC (1), a section (3: "§3.2", "section 3.2"; with an RFC
// before it, 2: "RFC 5681 §3.1 and 6582 §3.2"; or 4: "appendix A.1"), or a requirement (5).
var citation = regexp.MustCompile(`RFCs?[ -]?([0-9]+)|` +
	`(?:\b([0-9]{3,4}) )?(?:§§? ?|\b[Ss]ections? )([0-9]+(?:\.[0-9]+)*)|` +
	`(?:§ ?|\b[Aa]ppendix )([A-Z](?:\.[0-9]+)*)\b|` +
	`\b((?:MUST|SHLD|MAY|REC)-[0-9]+)\b`)

// between matches what may stand between a section and its requirements, or between
// those: "§3.7.1, MUST-15 and MUST-16", "§3.9.2.3 (MUST-57, MUST-63)".
var between = regexp.MustCompile(`^[ ,(]*(?:and |와 |과 )?$`)

// wrongCitations returns what is wrong with the citations in a passage, each with its line.
func (r rfcs) wrongCitations(p passage) []string {
	var wrong []string
	say := func(offset int, format string, args ...any) {
		wrong = append(wrong, strconv.Itoa(p.line(offset))+": "+fmt.Sprintf(format, args...))
	}
	rfc := theRFC
	section, end := "", 0 // the section that stands right before, and where it ends
	for _, m := range citation.FindAllStringSubmatchIndex(p.text, -1) {
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return p.text[m[2*n]:m[2*n+1]]
		}
		if named := cmp.Or(group(1), group(2)); named != "" {
			rfc, section = named, ""
			if r.sections[rfc] == nil {
				say(m[0], "RFC %s is not in testdata/rfcs.txt", rfc)
			}
		}
		if cited := cmp.Or(group(3), group(4)); cited != "" {
			section, end = cited, m[1]
			if _, exists := r.sections[rfc][section]; !exists && r.sections[rfc] != nil {
				say(m[0], "RFC %s has no §%s, says testdata/rfcs.txt; if another RFC is meant, name it",
					rfc, section)
			}
		}
		name := group(5)
		if name == "" {
			continue
		}
		where, known := r.requirements[name]
		if !known {
			say(m[0], "%s is not in testdata/rfcs.txt", name)
		}
		if section == "" || !between.MatchString(p.text[end:m[0]]) {
			section = "" // it stands alone
			continue
		}
		if known && (rfc != theRFC || !slices.Contains(where, section)) {
			say(m[0], "%s stands in RFC %s §%s, and not in RFC %s §%s",
				name, theRFC, strings.Join(where, ", §"), rfc, section)
		}
		end = m[1]
	}
	return wrong
}

// goPassages returns the comments and strings of a Go file. A string that goes on behind
// a + is one with it.
func goPassages(text []byte) []passage {
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	var all []passage
	var last token.Token // before this one; line ends and + do not count
	lastLine := 0
	for {
		pos, tok, literal := s.Scan()
		line := file.Line(pos)
		switch tok {
		case token.EOF:
			return all
		case token.SEMICOLON:
			if literal == "\n" {
				continue
			}
		case token.ADD:
			continue
		case token.COMMENT, token.STRING:
			goesOn := last == tok && (tok == token.STRING || line <= lastLine+1)
			for i, l := range strings.Split(literal, "\n") {
				l = trimComment(l)
				if l == "" { // a new paragraph
					goesOn = false
					continue
				}
				if !goesOn {
					all = append(all, passage{})
				}
				all[len(all)-1].add(line+i, l)
				goesOn = true
			}
			lastLine = line + strings.Count(literal, "\n")
			if !goesOn {
				lastLine = -1
			}
		}
		last = tok
	}
}

var commentSigns = regexp.MustCompile(`^[-+ ]?\s*(?://|/\*|\*/|>)?\s*`)

// trimComment returns a line without what marks it as one of a comment, in a diff or not.
func trimComment(line string) string {
	return strings.TrimSpace(commentSigns.ReplaceAllString(line, ""))
}

// markdownPassages returns the paragraphs, items, and rows of tables.
func markdownPassages(text []byte) []passage {
	var all []passage
	goesOn := false
	for n, l := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(l, "|") || itemLine.MatchString(l) || headingLine.MatchString(l) {
			goesOn = false
		} else {
			l = trimComment(l)
		}
		if strings.TrimSpace(l) == "" {
			goesOn = false
			continue
		}
		if !goesOn {
			all = append(all, passage{})
		}
		all[len(all)-1].add(n+1, l)
		goesOn = true
	}
	return all
}

// wrongOnPurpose are the files and folders whose citations are samples.
var wrongOnPurpose = []string{"testdata", "edition_broken_test.go", "citations_test.go"}

// TestCitations looks whether every section of an RFC that is cited exists, and whether
// a requirement that is cited by its number stands in the section beside it. What is
// not found in testdata/rfcs.txt is to be looked up in the RFC, and added to it.
//
// What learners write is not read: files called my_…, and what they add to a stub. A stub's
// comments are those of its solution.
func TestCitations(t *testing.T) {
	r := readRFCs(t)
	read := 0
	err := filepath.WalkDir(theWorkbook, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		hidden := strings.HasPrefix(name, ".") && path != theWorkbook
		if hidden || strings.HasPrefix(name, "my_") || slices.Contains(wrongOnPurpose, name) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		file, err := filepath.Rel(theWorkbook, path)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		passages := markdownPassages
		switch filepath.Ext(name) {
		default:
			return nil
		case ".md":
		case ".go":
			if strings.HasPrefix(file, Stubs+"/") && !strings.HasSuffix(name, "_test.go") {
				return nil
			}
			passages = goPassages
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, p := range passages(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))) {
			read += len(citation.FindAllString(p.text, -1))
			for _, wrong := range r.wrongCitations(p) {
				t.Errorf("%s:%s", file, wrong)
			}
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, read, 1000, "citations that were read")
}

// TestWrongCitations breaks citations in each way that TestCitations looks for.
func TestWrongCitations(t *testing.T) {
	r := readRFCs(t)
	wrong := func(passages []passage) []string {
		var all []string
		for _, p := range passages {
			all = append(all, r.wrongCitations(p)...)
		}
		return all
	}
	for _, c := range []struct{ text, want string }{
		{"see RFC 9293 §3.5", ""},
		{"see RFC 9293 §3.99", "1: RFC 9293 has no §3.99"},
		{"nobody is named, so RFC 9293 is meant: §5.3", "1: RFC 9293 has no §5.3"},
		{"RFC 7323 §5.3, and then §4.3", ""},
		{"RFC 5961 §3, §4 and §8.6", "1: RFC 5961 has no §8.6"},
		{"RFC 5681 §3.1 and 6582 §3.2, §3.3", "1: RFC 6582 has no §3.3"},
		{"RFC 5681 §3.1 and 6582 §4.2", ""},
		{"RFC 5681 §3.1 and 6582 §4.3", "1: RFC 6582 has no §4.3"},
		{"over the end of a line: RFC\n9293 §9.9", "2: RFC 9293 has no §9.9"},
		{"another paragraph: RFC 7323\n\n§4.3", "3: RFC 9293 has no §4.3"},
		{"RFC 7323 §3.2는 되고 §3.3은 안 됩니다", "1: RFC 7323 has no §3.3"},
		{"RFC 9293, section 3.77, says", "1: RFC 9293 has no §3.77"},
		{"RFC 9293, appendix C", "1: RFC 9293 has no §C"},
		{"RFC 7777 §1", "1: RFC 7777 is not in"},
		{"at its end (§3.7.1, MUST-15 and MUST-16).", ""},
		{"(§3.5.3, MUST-11)", "1: MUST-11 stands in RFC 9293 §3.5, and not in RFC 9293 §3.5.3"},
		{"RFC 9293 §3.9.2.3 (MUST-57, MUST-46)", "1: MUST-46 stands in RFC 9293 §3.9.1.1, and not"},
		{"RFC 5961 §3 (MUST-57)", "1: MUST-57 stands in RFC 9293 §3.9.2.3, and not in RFC 5961 §3"},
		{"§3.10.7.4, second check, and MUST-12", ""},
		{"MUST-777", "1: MUST-777 is not in"},
	} {
		commented := "// " + strings.ReplaceAll(c.text, "\n", "\n// ")
		for form, all := range map[string][]string{
			"a lesson":     wrong(markdownPassages([]byte(c.text))),
			"a Go comment": wrong(goPassages([]byte(commented))),
			"a diff":       wrong(markdownPassages([]byte(strings.ReplaceAll(commented, "// ", "+\t// ")))),
			"a string":     wrong(goPassages([]byte("`" + c.text + "`"))),
		} {
			if c.want == "" {
				assert.Empty(t, all, "%q in %s", c.text, form)
			} else if assert.Len(t, all, 1, "%q in %s", c.text, form) {
				assert.Contains(t, all[0], c.want, "%q in %s", c.text, form)
			}
		}
	}
	goesOn := wrong(goPassages([]byte("x(\"see RFC 7323 \" +\n\t\"§3.3\")")))
	if assert.Len(t, goesOn, 1, "a string that goes on") {
		assert.Contains(t, goesOn[0], "2: RFC 7323 has no §3.3")
	}
	twoFields := "a int // RFC 7323 §4.3\nb int // §3.10.7.4"
	assert.Empty(t, wrong(goPassages([]byte(twoFields))), "comments of two fields")
}
