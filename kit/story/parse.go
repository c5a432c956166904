package story

import (
	"strconv"
	"strings"
)

// Error says which action cannot be read, or played, and why.
type Error struct {
	Action int    `json:"action"` // its place among the story's actions, from 0
	Verb   string `json:"verb"`
	Says   string `json:"says"` // in the language that was asked for; English from Parse
	says   text
}

func (e *Error) Error() string { return "action " + strconv.Itoa(e.Action+1) + ": " + e.Says }

// Parse reads a story: as a link has it, with or without the # before it, or an action a
// line. Where it cannot be read the error is an *Error, and the story what stands before.
func Parse(from string) (Story, error) {
	s := Story{At: -1}
	if len(from) > mostText {
		return s, failed(0, "", say("the story is longer than %d bytes", "이야기가 %d바이트보다 깁니다", mostText))
	}
	from = strings.TrimPrefix(strings.TrimSpace(from), "#")
	from = asSent.Replace(from)
	if name, rest, found := strings.Cut(from, scenarioEnds); found && !strings.ContainsAny(name, ";\r\n@~") {
		s.Scenario, from = strings.TrimSpace(name), rest
	}
	first := true
	for word := range strings.FieldsFuncSeq(from, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		word = strings.TrimSpace(word)
		var err *Error
		switch {
		case word == "":
			continue
		case first && isNumber(word):
			if word != strconv.Itoa(Version) {
				err = failed(0, word, say("this is version %.20s of the language of stories, and %d is the one known here",
					"이야기 언어의 %.20s판입니다. 여기서 아는 것은 %d판입니다", word, Version))
			}
		case word[0] == '@' || word[0] == '~':
			err = s.note(word)
		default:
			err = s.add(word)
		}
		if err != nil {
			return s, err
		}
		first = false
	}
	return s, nil
}

// asSent undoes what programs do to links that they send, and separates what is noted at a
// link's end.
var asSent = strings.NewReplacer("%3D", scenarioEnds, "%3d", scenarioEnds, "%3B", ";", "%3b", ";", "%2B", "+", "%2b", "+",
	"%40", ";@", "%7E", ";~", "%7e", ";~", "@", ";@", "~", ";~")

// scenarioEnds is what stands in a link between the name of a scenario and the story.
const scenarioEnds = "="

func failed(action int, verb string, says text) *Error {
	return &Error{Action: action, Verb: verb, Says: says.en, says: says}
}

func isNumber(word string) bool {
	return strings.Trim(word, "0123456789") == ""
}

// note reads what a link notes beside the story.
func (s *Story) note(word string) *Error {
	if word[0] == '~' {
		if len(word) > 1+2*mostActions || strings.ContainsFunc(word[1:], func(r rune) bool { return !strings.ContainsRune(digestLetters, r) }) {
			return failed(len(s.Actions), "~", say("%.20q is no digest", "%.20q 은(는) 요약값이 아닙니다", word))
		}
		s.Digest = word[1:]
		return nil
	}
	row, err := strconv.Atoi(word[1:])
	if err != nil || row < 0 || !isNumber(word[1:]) {
		return failed(len(s.Actions), "@", say("%.20q names no row", "%.20q 은(는) 행의 번호가 아닙니다", word))
	}
	s.At = row
	return nil
}

// add reads an action and puts it at the end.
func (s *Story) add(word string) *Error {
	words := strings.Split(word, ".")
	name := words[0]
	fail := func(says text) *Error { return failed(len(s.Actions), name, says) }
	v, known := verbs[name]
	switch {
	case !known:
		return fail(say("there is no verb %.20q", "%.20q 라는 동작은 없습니다", name))
	case len(s.Actions) == mostActions:
		return fail(say("a story has at most %d actions", "이야기의 동작은 많아야 %d개입니다", mostActions))
	}
	a := Action{Verb: name}
	rest := words[1:]
	if v.host != noHost && len(rest) > 0 && (rest[0] == "A" || rest[0] == "B") {
		a.Host, rest = rest[0], rest[1:]
	}
	if v.host == needsHost && a.Host == "" {
		return fail(say("%s wants a host, A or B: %[1]s.A", "%s 에는 호스트 A나 B가 있어야 합니다: %[1]s.A", name))
	}
	for len(rest) > 0 && len(a.Numbers) < len(v.numbers) && isNumber(rest[0]) {
		n, says := v.numbers[len(a.Numbers)].read(rest[0])
		if says != nil {
			return fail(*says)
		}
		a.Numbers, rest = append(a.Numbers, n), rest[1:]
	}
	if len(a.Numbers) < v.least {
		missing := v.numbers[len(a.Numbers)]
		return fail(say("%s wants a number more: %s, %d to %d", "%s 에 숫자가 하나 더 있어야 합니다: %s, %d–%d",
			name, missing.name, missing.min, missing.max))
	}
	for ; len(rest) > 0; rest = rest[2:] {
		f, says := v.field(rest)
		if says != nil {
			return fail(*says)
		}
		a.Fields = append(a.Fields, f)
	}
	s.Actions = append(s.Actions, a)
	return nil
}

// read reads a number within its bounds.
func (b bound) read(word string) (int64, *text) {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || !isNumber(word) || n < b.min || n > b.max {
		says := say("%[1]s is %.20[2]s, not %[3]d to %[4]d", "%[1]s 값은 %.20[2]s 이(가) 아니라 %[3]d–%[4]d 이어야 합니다",
			b.name, word, b.min, b.max)
		return 0, &says
	}
	return n, nil
}

// field reads the name and the value that words begin with.
func (v verb) field(words []string) (Field, *text) {
	for _, known := range v.fields {
		if known.name != words[0] {
			continue
		}
		if len(words) < 2 {
			says := say("%s has no value", "%s 에 값이 없습니다", known.name)
			return Field{}, &says
		}
		if known.name == "flags" {
			flags, ok := parseFlags(words[1])
			if !ok {
				says := say("flags are written as in rst+ack, not %.20q", "플래그는 %.20q 이(가) 아니라 rst+ack 처럼 씁니다", words[1])
				return Field{}, &says
			}
			return Field{"flags", int64(flags)}, nil
		}
		n, says := known.read(words[1])
		return Field{known.name, n}, says
	}
	says := say("%.20q is not expected here", "%.20q 은(는) 여기에 올 수 없습니다", words[0])
	return Field{}, &says
}
