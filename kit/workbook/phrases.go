package workbook

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Phrases are sentences in English, each with the same in another language. The sources
// are in English, tests among them: what a reader of Korean sees goes through
// [Phrases.Say] on its way to the screen. The zero Phrases know no sentence.
//
// They are written two lines each, the English one first, as it stands in the source, and
// the other with a tab before it. A line that begins with # is a comment.
//
//	want %d bytes queued, but the socket took %d
//		큐에 %d바이트가 들어가야 하는데 소켓이 받은 것은 %d바이트
//
// What stays in English, a test's sample text say, has = in place of a translation; what
// somebody else is to translate has ?. A verb stands for whatever is there, and %[2]s for
// what the second one was; that may be a phrase itself, but for %q.
type Phrases struct {
	exact map[string]string
	forms []form
	order []string // the English ones, as they were read
	way   wayBack
}

// toTranslate stands for a translation that is yet to come.
const toTranslate = "?"

// form is a phrase with verbs.
type form struct {
	english string
	korean  string
	matches *regexp.Regexp
	letters int // how much of it is no verb: of two that match, the one that has more is meant
}

// verb matches what fmt fills in.
var verb = regexp.MustCompile(`%(?:\[([0-9]+)\])?[-+# 0]*[0-9]*(?:\.[0-9]+)?([a-zA-Z])`)

// ReadPhrases reads the text of a catalogue of phrases. What is wrong with it is told with
// the number of the line, "12: …".
func ReadPhrases(text string) (p *Phrases, wrong []string) {
	p = &Phrases{exact: make(map[string]string)}
	english := ""
	for n, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		say := func(what string) { wrong = append(wrong, strconv.Itoa(n+1)+": "+what) }
		korean, translates := strings.CutPrefix(line, "\t")
		switch {
		case translates && english == "":
			say("there is no English before it")
		case translates:
			if p.exact[english] != "" {
				say("this is there twice")
			}
			if korean == "=" || korean == toTranslate {
				korean = english
			}
			p.add(english, korean)
			english = ""
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
		default:
			if english != "" {
				say("the line before it has no translation")
			}
			english = line
		}
	}
	p.sort()
	return p, wrong
}

func (p *Phrases) add(english, korean string) {
	p.exact[english] = korean
	p.order = append(p.order, english)
	pattern, at := "^", 0
	found := verb.FindAllStringSubmatchIndex(english, -1)
	for _, v := range found {
		pattern += regexp.QuoteMeta(english[at:v[0]])
		if english[v[4]:v[5]] == "d" {
			pattern += `(-?[0-9]+)`
		} else {
			pattern += `(.*?)`
		}
		at = v[1]
	}
	if len(found) > 0 {
		matches := regexp.MustCompile(`(?s)` + pattern + regexp.QuoteMeta(english[at:]) + "$")
		p.forms = append(p.forms, form{english, korean, matches, len(verb.ReplaceAllString(english, ""))})
	}
}

func (p *Phrases) sort() {
	slices.SortStableFunc(p.forms, func(a, b form) int { return cmp.Compare(b.letters, a.letters) })
}

// With returns p's phrases and others'; of two of the same, the other's.
func (p *Phrases) With(other *Phrases) *Phrases {
	both := &Phrases{exact: make(map[string]string)}
	for _, some := range []*Phrases{other, p} {
		for _, english := range some.order {
			if _, known := both.exact[english]; !known {
				both.add(english, some.exact[english])
			}
		}
	}
	both.sort()
	return both
}

// English returns the English of all phrases, in the order in which they were read.
func (p *Phrases) English() []string { return p.order }

// Korean returns what a phrase of [Phrases.English] is in the other language.
func (p *Phrases) Korean(english string) string { return p.exact[english] }

// Say returns an English text in the other language; the text itself where that is not
// known.
func (p *Phrases) Say(english string) string {
	text, _ := p.Find(english)
	return text
}

// Find is like Say, and returns what it did not find, be it the text or something that
// stands in it.
func (p *Phrases) Find(english string) (text string, missing []string) {
	return p.find(english, true)
}

func (p *Phrases) find(english string, whole bool) (text string, missing []string) {
	if p == nil {
		return english, nil
	}
	if trimmed := strings.TrimLeft(english, " "); trimmed != english {
		text, missing = p.find(trimmed, whole)
		return english[:len(english)-len(trimmed)] + text, missing
	}
	if text, known := p.exact[english]; known {
		return text, nil
	}
	if first, _, more := strings.Cut(english, "\n"); more {
		// Before a form takes the lines that follow for a part of its own.
		if text, missing = p.findLines(english); missing == nil && !strings.HasPrefix(text, first+"\n") {
			return text, nil
		}
	}
	for _, f := range p.forms {
		if m := f.matches.FindStringSubmatch(english); m != nil {
			return p.fill(f, m[1:])
		}
	}
	if strings.Contains(english, "\n") {
		return text, missing
	}
	if whole || isSentence.MatchString(english) && !strings.HasPrefix(english, `"`) {
		missing = append(missing, english)
	}
	return english, missing
}

// findLines looks for each line by itself, and keeps its indentation.
func (p *Phrases) findLines(english string) (text string, missing []string) {
	lines := strings.Split(english, "\n")
	for i, line := range lines {
		said, not := p.find(line, isSentence.MatchString(line))
		lines[i] = said
		missing = append(missing, not...)
	}
	return strings.Join(lines, "\n"), missing
}

// isSentence matches what is more than a name or a number.
var isSentence = regexp.MustCompile(`[a-z]{2,} [a-z]+ [a-z]{2,}`)

// leftOver matches what stands for a verb with a word of the sentence around it: "30s here".
var leftOver = regexp.MustCompile(`^[0-9][^ ]* [a-z]{2,}$`)

// fill puts what was found for the verbs of a form into its translation.
func (p *Phrases) fill(f form, found []string) (text string, missing []string) {
	next := 0
	text = verb.ReplaceAllStringFunc(f.korean, func(v string) string {
		if m := verb.FindStringSubmatch(v); m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		} else {
			next++
		}
		if next < 1 || next > len(found) {
			return v
		}
		if strings.HasSuffix(v, "q") {
			return found[next-1]
		}
		said, not := p.find(found[next-1], false)
		missing = append(missing, not...)
		if said == found[next-1] && p.exact[said] == "" && leftOver.MatchString(said) {
			missing = append(missing, said)
		}
		return said
	})
	return text, missing
}
