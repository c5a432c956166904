// Package stories tells the scenarios as they play on the reference, each with what it is
// compared with: for golden files, and for a program that tells them under WebAssembly.
package stories

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/solutions"
)

// Perform plays a text on the reference.
func Perform(text string) *story.Play {
	return story.Perform(text, story.Cast{Reference: solutions.Chapters()})
}

// Texts returns a scenario's story, and those that differ from it in one thing.
func Texts(s scenario.Scenario) []scenario.Other {
	return append([]scenario.Other{{Says: s.Title, Text: s.Text}}, s.Without...)
}

// Tell tells a scenario.
func Tell(w io.Writer, s scenario.Scenario) error {
	for _, t := range Texts(s) {
		p := Perform(t.Text)
		fmt.Fprintf(w, "# %s: %s\n%s~%s\n", s.ID, t.Says, t.Text, p.Digest)
		if err := p.Text(w); err != nil {
			return err
		}
		fmt.Fprintf(w, "everything: %x\n\n", sha256.Sum256(Everything(p)))
	}
	return nil
}

// Everything is all that there is to say of a play: its rows, and the view after each.
func Everything(p *story.Play) []byte {
	all := encode(p)
	for row := -1; row < len(p.Rows); row++ {
		all = append(all, encode(p.View(row))...)
	}
	return all
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // there is nothing in it that cannot be encoded
	}
	return text
}
