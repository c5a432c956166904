// Package scenario holds the stories that the workbook tells: each asks a question, has
// its reader bet on the answer, shows it, and takes something away to show why it is
// there.
//
// To add one, write it into the file of its chapter, in both languages, and the command
// that plays it into its step of both lessons; add what makes its bet's answer the right
// one to TestBets in package solutions; and have its golden ladder written:
//
//	go test ./solutions -run TestScenariosAsTheyWere -update-stories
package scenario

import (
	"slices"
	"strings"

	"tcpworkbook/kit/story"
)

// Scenario is one of them, in one language.
type Scenario struct {
	ID       string   `json:"id"`   // "5.1": chapter and place
	Step     string   `json:"step"` // the lesson's step that it belongs to, "5.1"; "" for none
	Title    string   `json:"title"`
	Question string   `json:"question"`
	Bet      Bet      `json:"bet"`
	Tries    []string `json:"tries"`   // what to change
	Without  []Other  `json:"without"` // and now without
	Text     string   `json:"text"`    // the story, as a link has it

	// Start is how many actions of the story are played before the bet is asked: all, if
	// there is none. See story.Play.Actions for the rows.
	Start int `json:"start"`

	// Puzzle says that there is no bet, but something to be reached; see Check. Allowed are
	// the verbs with which, besides those of time, and Most how many of them.
	Puzzle  bool     `json:"puzzle"`
	Allowed []string `json:"allowed,omitempty"`
	Most    int      `json:"most,omitempty"`
}

// Bet is asked before the answer is shown.
type Bet struct {
	Asks    string   `json:"asks"`
	Choices []string `json:"choices"`
	Right   int      `json:"right"`   // which of the choices, from 0
	Because string   `json:"because"` // why
}

// Other is a story that differs in one thing.
type Other struct {
	Says string `json:"says"`
	Text string `json:"text"`

	// Of what guards against an accident: what it alone has done, to be told in the end, and
	// the lesson's step in which it is written. Both are "" of anything else.
	Because string `json:"because,omitempty"`
	Step    string `json:"step,omitempty"`
}

// words are the same in each language. How they are broken into lines does not matter.
type words struct{ en, ko string }

func (w words) in(language string) string {
	text := w.en
	if language == story.Korean {
		text = w.ko
	}
	return strings.Join(strings.Fields(text), " ")
}

func in(language string, all []words) []string {
	list := []string{}
	for _, w := range all {
		list = append(list, w.in(language))
	}
	return list
}

// scenario is one, in every language.
type scenario struct {
	id, step        string
	title, question words

	asks    words
	choices []words
	right   int
	because words

	tries   []words
	without []other
	guards  []guard // of each of without, if they are any

	text string // up to the bet
	then string // and from there on

	puzzle *puzzle
}

type other struct {
	says words
	text string
}

// guard is what keeps an accident from happening.
type guard struct {
	because words
	step    string
}

var scenarios = slices.Concat(
	emptyWire, socketStories, handshakeStories, transferStories, teardownStories, timeWaitStories, puzzles)

// All returns the scenarios in a language: story.Korean, or English for anything else.
func All(language string) []Scenario {
	var all []Scenario
	for i := range scenarios {
		all = append(all, scenarios[i].in(language))
	}
	return all
}

func (s *scenario) in(language string) Scenario {
	one := Scenario{
		ID: s.id, Step: s.step, Title: s.title.in(language), Question: s.question.in(language),
		Bet: Bet{
			Asks: s.asks.in(language), Choices: in(language, s.choices), Right: s.right, Because: s.because.in(language),
		},
		Tries: in(language, s.tries), Without: []Other{},
		Text: s.text, Start: strings.Count(s.text, ";"), // the first word is the version
	}
	if s.then != "" {
		one.Text += ";" + s.then
	}
	for i, o := range s.without {
		one.Without = append(one.Without, Other{Says: o.says.in(language), Text: o.text})
		if i < len(s.guards) {
			one.Without[i].Because, one.Without[i].Step = s.guards[i].because.in(language), s.guards[i].step
		}
	}
	if s.puzzle != nil {
		one.Puzzle, one.Allowed, one.Most = true, s.puzzle.allowed, s.puzzle.most
	}
	return one
}

// plain is how most stories begin: with numbers that can be read.
const plain = "1;plain;isn.A.100;isn.B.300"

// open is a connection from A's port 50000 to B's port 80. The next packet is the fourth.
const open = ";listen.B.80;connect.A.50000.80;step.3"
