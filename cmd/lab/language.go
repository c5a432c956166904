package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tcpworkbook/kit/workbook"
)

// localeEdition returns the edition that the environment asks for, in the order of
// POSIX: the first of these variables that is not empty decides.
func localeEdition(getenv func(string) string) workbook.Edition {
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(variable); locale != "" {
			language, _, _ := strings.Cut(locale, "_")           // ko_KR
			language, _, _ = strings.Cut(language, ".")          // ko.UTF-8
			language, _, _ = strings.Cut(language, "@")          // ko@…
			edition, _ := findEdition(strings.ToLower(language)) // English, if there is none
			return edition
		}
	}
	return workbook.English
}

// findEdition returns the edition of a language.
func findEdition(language string) (workbook.Edition, error) {
	var names []string
	for _, e := range workbook.Editions {
		if e.Name() == language {
			return e, nil
		}
		names = append(names, e.Name())
	}
	return workbook.English, fmt.Errorf("there is no edition in %.20q; there are %s", language, strings.Join(names, ", "))
}

// takeLanguage takes --lang out of the arguments, before or after the subcommand,
// and has the terminal speak that language. From then on the commands that lab
// proposes have it, too.
func (t *terminal) takeLanguage(args []string) (rest []string, err error) {
	for i := 0; i < len(args); i++ {
		flag, language, hasValue := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--":
			return append(rest, args[i:]...), nil
		case flag != "--lang" && flag != "-lang":
			rest = append(rest, args[i])
			continue
		case !hasValue && i+1 == len(args):
			return nil, errors.New("--lang wants a language, such as ko")
		case !hasValue:
			i++
			language = args[i]
		}
		if t.edition, err = findEdition(language); err != nil {
			return nil, err
		}
		t.command = me + " --lang " + language
	}
	return rest, nil
}

// me returns how lab is called, to propose what to call next.
func (t *terminal) me() string {
	if t.command == "" {
		return me
	}
	return t.command
}

// openBook finds the workbook that the current folder is in, in the terminal's
// language.
func (t *terminal) openBook() (*book, error) {
	b, err := openBook()
	if err != nil {
		return nil, err
	}
	b.chapters = slices.Clone(b.chapters)
	for i := range b.chapters {
		b.chapters[i].Edition = t.edition
	}
	return b, nil
}

// say returns a sentence in the terminal's language. It is asked for in English;
// see sentences.
func (t *terminal) say(english string, args ...any) string { return say(t.edition, english, args...) }

func say(e workbook.Edition, english string, args ...any) string {
	text := english
	if e == workbook.Korean && sentences[english] != "" {
		text = sentences[english]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}
