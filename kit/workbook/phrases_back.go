package workbook

import (
	"regexp"
	"strconv"
	"sync"
)

// wayBack leads from translations to the English phrases. It is made when somebody asks.
type wayBack struct {
	once  sync.Once
	exact map[string]string
	forms []*regexp.Regexp // of what the forms make
}

// Back returns the English text of which Say makes another, for whoever looks for its words;
// the text itself where no phrase is known that it could be. It may be called by several
// goroutines.
func (p *Phrases) Back(said string) string {
	if p == nil {
		return said
	}
	p.way.once.Do(p.makeWay)
	if english, known := p.way.exact[said]; known {
		return english
	}
	for i, f := range p.forms {
		if m := p.way.forms[i].FindStringSubmatch(said); m != nil && m[0] != "" {
			return p.empty(f, m[1:])
		}
	}
	return said
}

func (p *Phrases) makeWay() {
	p.way.exact = make(map[string]string)
	for _, english := range p.order {
		if korean := p.exact[english]; p.way.exact[korean] == "" && !verb.MatchString(english) {
			p.way.exact[korean] = english
		}
	}
	for _, f := range p.forms {
		pattern, at := "(?s)^", 0
		for _, v := range verb.FindAllStringIndex(f.korean, -1) {
			pattern += regexp.QuoteMeta(f.korean[at:v[0]]) + "(.*?)"
			at = v[1]
		}
		p.way.forms = append(p.way.forms, regexp.MustCompile(pattern+regexp.QuoteMeta(f.korean[at:])+"$"))
	}
}

// empty undoes fill: it puts what was found for the verbs of a form's translation into the
// form.
func (p *Phrases) empty(f form, found []string) string {
	of := make(map[int]string)
	for i, v := range verb.FindAllStringSubmatch(f.korean, -1) {
		n := i + 1
		if v[1] != "" {
			n, _ = strconv.Atoi(v[1]) // the pattern takes digits only
		}
		of[n] = p.Back(found[i])
	}
	n := 0
	return verb.ReplaceAllStringFunc(f.english, func(string) string {
		n++
		return of[n]
	})
}
