// Package scenario holds the stories that the workbook tells: each asks a question, has
// its reader bet on the answer, shows it, and takes something away to show why it is
// there.
package scenario

import "tcpworkbook/kit/story"

// Scenario is one of them, in one language.
type Scenario struct {
	ID       string   `json:"id"`   // "5.1": chapter and place
	Step     string   `json:"step"` // the lesson's step that it belongs to: "5.1"; "" for none
	Title    string   `json:"title"`
	Question string   `json:"question"`
	Bet      Bet      `json:"bet"`
	Tries    []string `json:"tries"` // what to change
	Without  []Other  `json:"without"`
	Text     string   `json:"text"`  // the story, as a link has it
	Start    int      `json:"start"` // the row that is looked at first: before the bet
	Goal     string   `json:"goal,omitempty"`
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
}

// words are the same in each language.
type words struct{ en, ko string }

func (w words) in(language string) string {
	if language == story.Korean {
		return w.ko
	}
	return w.en
}

// scenario is one, in every language.
type scenario struct {
	id, step        string
	title, question words
	asks            words
	choices         []words
	right           int
	because         words
	tries           []words
	without         []other
	text            string // up to the bet
	then            string // and from there on
}

type other struct {
	says words
	text string
}

// All returns the scenarios in a language: story.Korean, or English for anything else.
func All(language string) []Scenario {
	var all []Scenario
	for _, s := range [][]scenario{socketStories, handshakeStories, timeWaitStories} {
		for i := range s {
			all = append(all, s[i].in(language))
		}
	}
	return all
}

func (s *scenario) in(language string) Scenario {
	one := Scenario{
		ID: s.id, Step: s.step, Title: s.title.in(language), Question: s.question.in(language),
		Bet:  Bet{Asks: s.asks.in(language), Right: s.right, Because: s.because.in(language)},
		Text: s.text + ";" + s.then,
	}
	for _, c := range s.choices {
		one.Bet.Choices = append(one.Bet.Choices, c.in(language))
	}
	for _, t := range s.tries {
		one.Tries = append(one.Tries, t.in(language))
	}
	for _, o := range s.without {
		one.Without = append(one.Without, Other{o.says.in(language), o.text})
	}
	return one
}
