package workbook

import (
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// LanguageVariable names the environment variable that tells a test in which language to
// say why it fails: "en" or "ko". lab sets it. Where it is not set, the locale decides; see
// [FromLocale].
const LanguageVariable = "TCPWORKBOOK_LANG"

// SeedVariable names the environment variable that gives a chapter's tests the seed of a
// course, any text: see package script. Without it, and with "0", they are what a learner
// sees.
const SeedVariable = "TCPWORKBOOK_SEED"

// FromLocale returns the edition that the environment asks for, in the order of POSIX: the
// first of these variables that is not empty decides.
func FromLocale(getenv func(string) string) Edition {
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(variable); locale != "" {
			language, _, _ := strings.Cut(locale, "_")  // ko_KR
			language, _, _ = strings.Cut(language, ".") // ko.UTF-8
			language, _, _ = strings.Cut(language, "@") // ko@…
			edition, _ := EditionOf(strings.ToLower(language))
			return edition
		}
	}
	return English
}

// EditionOf returns the edition of a language, by its ISO 639 name; English, and false,
// if there is none.
func EditionOf(language string) (e Edition, exists bool) {
	for _, e := range Editions {
		if e.Name() == language {
			return e, true
		}
	}
	return English, false
}

// PhrasesFile is how a chapter's catalogue of phrases is called, beside its tests.
func PhrasesFile(e Edition) string { return "messages." + e.Name() + ".txt" }

//go:embed messages.ko.txt
var kitPhrases string

// KitPhrases returns what the packages of kit say when a test fails, and what a ladder
// does, in an edition's language; nil in English.
func KitPhrases(e Edition) *Phrases {
	if e == English {
		return nil
	}
	return koreanOfKit()
}

var koreanOfKit = sync.OnceValue(func() *Phrases {
	p, _ := ReadPhrases(kitPhrases) // what is wrong with it is TestPhrases's to say
	return p
})

// ChapterPhrases returns what the tests in a chapter's folder say when they fail, and what
// the packages of kit do, in an edition's language; nil in English.
func ChapterPhrases(folder string, e Edition) *Phrases {
	kit := KitPhrases(e)
	if kit == nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(folder, PhrasesFile(e)))
	if err != nil {
		return kit
	}
	own, _ := ReadPhrases(string(text))
	return kit.With(own)
}

// Spoken returns the language in which the tests of a chapter say why they fail: English
// in any other folder than a chapter's.
func Spoken() Edition {
	if Folder() == "" {
		return English
	}
	if name := os.Getenv(LanguageVariable); name != "" {
		e, _ := EditionOf(name)
		return e
	}
	return FromLocale(os.Getenv)
}

// Say returns what a test says, or kit for it, in the language that is spoken; in English
// where that is not known.
func Say(english string) string {
	return spokenPhrases().Say(english)
}

// spokenPhrases returns the phrases of the language that is spoken; nil for English.
func spokenPhrases() *Phrases {
	e := Spoken()
	dir, err := os.Getwd()
	if e == English || err != nil {
		return KitPhrases(e)
	}
	known, isKnown := phrasesOf.Load(dir)
	if !isKnown {
		known, _ = phrasesOf.LoadOrStore(dir, ChapterPhrases(dir, e))
	}
	return known.(*Phrases)
}

var phrasesOf sync.Map // of a chapter's folder: *Phrases

// Untranslated returns what to add to a catalogue of phrases, with a word on how; "" when
// there is nothing to add.
func Untranslated(file string, english []string) string {
	english = slices.Compact(slices.Sorted(slices.Values(english)))
	if len(english) == 0 {
		return ""
	}
	return file + " does not have these. Add them there, with %s and %d for what varies; whoever has no Korean leaves the ?\n\n" +
		strings.Join(english, "\n\t"+toTranslate+"\n") + "\n\t" + toTranslate + "\n"
}
