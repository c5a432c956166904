package workbook

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// pair is a lesson in both editions, and what is found to be wrong with them.
type pair struct {
	english, korean document
	others          map[string]document // every document by its file, both editions
	wrong           []string
}

// compare returns what keeps a pair from being the same lesson twice.
func compare(english, korean document, others map[string]document) []string {
	p := &pair{english: english, korean: korean.withoutOwn(), others: others}
	p.tongues()
	if p.headings() {
		for i := range p.english.sections {
			p.section(p.english.sections[i], p.korean.sections[i])
		}
	}
	return p.wrong
}

// say notes what is wrong at a line of the Korean edition.
func (p *pair) say(s section, line int, format string, args ...any) {
	at := fmt.Sprintf("%s:%d: ", p.korean.file, line)
	switch step := s.step(); {
	case step > 0:
		at += fmt.Sprintf("step %d: ", step)
	case s.heading != "":
		at += fmt.Sprintf("%q: ", s.heading)
	}
	p.wrong = append(p.wrong, at+fmt.Sprintf(format, args...))
}

// tongues looks for the line under the title that leads to the other edition, and
// takes it away.
func (p *pair) tongues() {
	take := func(d *document, want string) {
		i := min(1, len(d.sections)-1)
		s := &d.sections[i]
		if len(s.blocks) == 0 || s.blocks[0].text != want {
			p.wrong = append(p.wrong, fmt.Sprintf("%s:%d: the first line under the title is not %s", d.file, s.line, want))
			return
		}
		s.blocks = slices.Delete(slices.Clone(s.blocks), 0, 1)
	}
	p.english.sections = slices.Clone(p.english.sections)
	p.korean.sections = slices.Clone(p.korean.sections)
	take(&p.english, "[한국어](README.ko.md)")
	take(&p.korean, "[English](README.md)")
}

// koreanOnly are the summaries of what the Korean edition has folded away and the
// English one does not need.
var koreanOnly = []string{"용어", "명세"}

// withoutOwn returns the document without what only the Korean edition has.
func (d document) withoutOwn() document {
	d.sections = slices.Clone(d.sections)
	for i := range d.sections {
		var kept []block
		own := false
		for _, b := range d.sections[i].blocks {
			switch {
			case b.kind == fold && slices.Contains(koreanOnly, b.info):
				own = true
			case own:
				own = b.kind != unfold
			default:
				kept = append(kept, b)
			}
		}
		d.sections[i].blocks = kept
	}
	return d
}

// hasWords matches a heading that is more than names in capital letters.
var hasWords = regexp.MustCompile(`[a-z]{2}`)

// headings reports whether both have the same sections, steps among them.
func (p *pair) headings() bool {
	en, ko := p.english.sections, p.korean.sections
	for i := range min(len(en), len(ko)) {
		switch {
		case en[i].level != ko[i].level || en[i].step() != ko[i].step():
			p.say(ko[i], ko[i].line, "the heading %q stands where the English edition has %q (line %d)", ko[i].heading, en[i].heading, en[i].line)
			return false
		case en[i].step() > 0 && !strings.HasPrefix(ko[i].heading, "단계 "):
			p.say(ko[i], ko[i].line, `the heading does not begin with "단계 %d: "`, en[i].step())
		case hasWords.MatchString(en[i].heading) && !hasHangul(stepNumber.ReplaceAllString(ko[i].heading, "")):
			p.say(ko[i], ko[i].line, "the heading is not in Korean")
		}
	}
	if len(en) > len(ko) {
		more := en[len(ko)]
		p.say(ko[len(ko)-1], ko[len(ko)-1].line, "the next section is missing: %q (English, line %d)", more.heading, more.line)
	} else if len(ko) > len(en) {
		p.say(ko[len(en)], ko[len(en)].line, "the English edition has no such section")
	}
	return len(en) == len(ko)
}

// section compares a section, a step say.
func (p *pair) section(en, ko section) {
	p.blocks(en, ko)
	p.folded(en, ko)
	p.codeBlocks(en, ko)
	p.diagrams(en, ko)
	p.tables(en, ko)
	p.spans(en, ko)
	p.linked(en, ko)
	p.references(en, ko)
	p.language(ko)
}

// blocks compares the sequence of blocks.
func (p *pair) blocks(en, ko section) {
	for i := range max(len(en.blocks), len(ko.blocks)) {
		switch {
		case i == len(ko.blocks):
			p.say(ko, ko.line, "%s is missing at the end (English, line %d)", en.blocks[i].kind, en.blocks[i].line)
		case i == len(en.blocks):
			p.say(ko, ko.blocks[i].line, "the English edition has no such block at the end: %s", ko.blocks[i].kind)
		case en.blocks[i].kind != ko.blocks[i].kind:
			p.say(ko, ko.blocks[i].line, "%s where the English edition (line %d) has %s", ko.blocks[i].kind, en.blocks[i].line, en.blocks[i].kind)
		default:
			continue
		}
		return // what follows is shifted
	}
}

// summaries are what is folded, in both languages.
var summaries = map[string]string{"Hint 1": "힌트 1", "Hint 2": "힌트 2", "Hint 3": "힌트 3", "Solution": "해답", "Answer": "답"}

func (p *pair) folded(en, ko section) {
	var want, got []string
	for _, b := range en.of(fold) {
		translated, known := summaries[b.info]
		if !known {
			p.say(en, ko.line, "how is the summary %q called in Korean? (English, line %d; see summaries)", b.info, b.line)
		}
		want = append(want, translated)
	}
	for _, b := range ko.of(fold) {
		got = append(got, b.info)
	}
	if !slices.Equal(want, got) {
		p.say(ko, ko.line, "folded are %q; want %q", got, want)
	}
}

// fixed matches what a screen or a figure has in both editions: segments and numbers. A
// stranger, 제3자, is none.
var fixed = regexp.MustCompile(`<[A-Z]+=[^ ]*>|[0-9]+(?:[.,][0-9]+)*`)

// codeBlocks compares code, which is the same in both, and what is no code, a screen or a
// figure, which may be in Korean.
func (p *pair) codeBlocks(en, ko section) {
	ens, kos := en.of(code), ko.of(code)
	if len(ens) != len(kos) {
		p.say(ko, ko.line, "%d code blocks; want %d", len(kos), len(ens))
		return
	}
	for i, e := range ens {
		if k := kos[i]; e.info != k.info {
			p.say(ko, k.line, "the code block is of language %q; want %q", k.info, e.info)
		} else if e.info == "" && hasHangul(k.text) {
			for _, d := range different(fixed.FindAllString(e.text, -1), fixed.FindAllString(strings.ReplaceAll(k.text, "제3자", ""), -1)) {
				p.say(ko, k.line, "the code block in Korean has other numbers or segments than the English one (line %d): %s", e.line, d)
			}
		} else if e.text != k.text {
			n, want, got := differentLineOf(e.text, k.text)
			p.say(ko, k.line+1+n, "the code block is another than the English one (line %d):\n\t%s\nwant\n\t%s", e.line+1+n, got, want)
		}
	}
}

// differentLineOf returns the first line that differs, counted from 0.
func differentLineOf(a, b string) (n int, inA, inB string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for n = range min(len(as), len(bs)) {
		if as[n] != bs[n] {
			return n, as[n], bs[n]
		}
	}
	return n, "", ""
}

func (p *pair) diagrams(en, ko section) {
	ens, kos := en.of(diagram), ko.of(diagram)
	if len(ens) != len(kos) {
		p.say(ko, ko.line, "%d Mermaid diagrams; want %d", len(kos), len(ens))
		return
	}
	for i, e := range ens {
		if n, wrong := differentDiagram(e.text, kos[i].text); wrong != "" {
			p.say(ko, kos[i].line+1+n, "a line of the diagram %s (English, line %d)", wrong, e.line+1+n)
		}
	}
}

func (p *pair) tables(en, ko section) {
	ens, kos := en.of(table), ko.of(table)
	if len(ens) != len(kos) {
		p.say(ko, ko.line, "%d tables; want %d", len(kos), len(ens))
		return
	}
	for i, e := range ens {
		want, got := cells(e), cells(kos[i])
		if len(want) != len(got) {
			p.say(ko, kos[i].line, "the table has %d rows; want %d", len(got), len(want))
			continue
		}
		for row := range want {
			if len(want[row]) != len(got[row]) {
				p.say(ko, kos[i].line+row, "the table's row has %d columns; want %d", len(got[row]), len(want[row]))
			}
		}
	}
}

// testName matches the name of a test, and what stands for its end.
var testName = regexp.MustCompile(`^(?:Test[A-Z]|…_)\w+$`)

// onScreen is what stands on a screen in Korean in the place of an English word.
var onScreen = map[string]string{"upon": "이때:"}

// spans compares test names and everything else in backquotes. The order may be
// that of another language.
func (p *pair) spans(en, ko section) {
	want, got := codeSpans(en.prose()), codeSpans(ko.prose())
	other := func(span string) bool { return !testName.MatchString(span) }
	tests := func(span string) bool { return testName.MatchString(span) }
	for i, span := range want {
		want[i] = cmp.Or(onScreen[span], span)
	}
	for _, d := range different(slices.DeleteFunc(slices.Clone(want), other), slices.DeleteFunc(slices.Clone(got), other)) {
		p.say(ko, ko.line, "the tests that it names are others: %s", d)
	}
	for _, d := range different(slices.DeleteFunc(want, tests), slices.DeleteFunc(got, tests)) {
		p.say(ko, ko.line, "what it has in backquotes is something else: %s", d)
	}
}

// linked compares links and images.
func (p *pair) linked(en, ko section) {
	want, wantImages := links(en.prose())
	got, gotImages := links(ko.prose())
	for i, target := range want {
		want[i] = p.translated(target)
	}
	for _, d := range different(want, got) {
		p.say(ko, ko.line, "it links elsewhere: %s", d)
	}
	for _, d := range different(wantImages, gotImages) {
		p.say(ko, ko.line, "it shows other pictures: %s", d)
	}
}

// translated returns the target of a link in the Korean edition: the Korean edition
// of what has one, the same as in English of everything else.
func (p *pair) translated(target string) string {
	file, anchor, hasAnchor := strings.Cut(target, "#")
	to := p.english.file
	if file != "" {
		to = path.Join(path.Dir(p.english.file), file)
	}
	koreanFile := strings.TrimSuffix(to, ".md") + ".ko.md"
	korean, exists := p.others[koreanFile]
	if !exists {
		return target
	}
	if file != "" {
		file = strings.TrimSuffix(file, ".md") + ".ko.md"
	}
	if !hasAnchor {
		return file
	}
	i := slices.Index(p.others[to].anchors(), anchor)
	if i < 0 || i >= len(korean.sections) {
		return file + "#?" // it leads nowhere in English: that is told elsewhere
	}
	return file + "#" + korean.anchors()[i]
}

// reference matches what both editions must cite: "RFC 9293", "§3.10.7.4", step "2.3".
// A measure is none: half a second may be 0.5초.
var (
	reference = regexp.MustCompile(`RFCs? ?[0-9]+|§§? ?[0-9A-Z][0-9.]*[0-9]|[0-9]+(?:\.[0-9]+)+`)
	measure   = regexp.MustCompile(`[0-9]+\.[0-9]+(?:초|배| ?m?s\b| seconds?| times)`)
)

func (p *pair) references(en, ko section) {
	cited := func(s section) []string {
		return reference.FindAllString(measure.ReplaceAllString(withoutCode(s.prose()), ""), -1)
	}
	for _, d := range different(cited(en), cited(ko)) {
		p.say(ko, ko.line, "it cites other RFCs, sections or steps: %s", d)
	}
}

// different returns what is in one list and not, or not as often, in the other.
func different(want, got []string) []string {
	count := make(map[string]int)
	for _, w := range want {
		count[w]++
	}
	for _, g := range got {
		count[g]--
	}
	var all []string
	for what, n := range count {
		switch {
		case n > 0:
			all = append(all, fmt.Sprintf("%s is missing%s", what, times(n)))
		case n < 0:
			all = append(all, fmt.Sprintf("%s is too much%s", what, times(-n)))
		}
	}
	slices.Sort(all)
	return all
}

func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(", %d times", n)
}
