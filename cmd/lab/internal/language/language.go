// Package language is what lab speaks: which language is asked for, the sentences it
// says, and the longer texts that the rest of lab holds in each.
package language

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"tcpworkbook/kit/workbook"
)

// find returns the edition of a language.
func find(language string) (workbook.Edition, error) {
	if e, exists := workbook.EditionOf(language); exists {
		return e, nil
	}
	var names []string
	for _, e := range workbook.Editions {
		names = append(names, e.Name())
	}
	return workbook.English, fmt.Errorf("there is no edition in %.20q; there are %s", language, strings.Join(names, ", "))
}

// TakeFlag takes --lang out of the arguments, wherever it stands before a --. Without
// one, given is false.
func TakeFlag(args []string) (rest []string, edition workbook.Edition, given bool, err error) {
	for i := 0; i < len(args); i++ {
		flag, language, hasValue := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--":
			return append(rest, args[i:]...), edition, given, nil
		case flag != "--lang" && flag != "-lang":
			rest = append(rest, args[i])
			continue
		case !hasValue && i+1 == len(args):
			return nil, "", false, errors.New("--lang wants a language, such as ko")
		case !hasValue:
			i++
			language = args[i]
		}
		if edition, err = find(language); err != nil {
			return nil, "", false, err
		}
		given = true
	}
	return rest, edition, given, nil
}

// Say returns a sentence in an edition's language. It is asked for in English; see
// sentences.
func Say(e workbook.Edition, english string, args ...any) string {
	text := english
	if e == workbook.Korean && sentences[english] != "" {
		text = sentences[english]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

//go:embed messages.ko.txt
var phrases string

// Phrases returns what lab says in an edition's language besides its sentences: errors,
// and what ladders and tables say, which is put together while lab runs; nil in English.
func Phrases(e workbook.Edition) *workbook.Phrases {
	if e == workbook.English {
		return nil
	}
	return koreanPhrases()
}

var koreanPhrases = sync.OnceValue(func() *workbook.Phrases {
	own, _ := workbook.ReadPhrases(phrases) // what is wrong with it is TestPhrases's to say
	return workbook.KitPhrases(workbook.Korean).With(own)
})

// Text is a text in each language, where it is too long, or too much of its place, for
// the table of sentences.
type Text struct{ English, Korean string }

// In returns the text in an edition's language.
func (t Text) In(e workbook.Edition) string {
	if e == workbook.Korean {
		return t.Korean
	}
	return t.English
}
