// Package workshop makes the pages that a room needs: a picture of the lifecycle for the
// projector, a sheet for every desk, and a card for every step. They are files in the
// workbook's folder workshop/, so that a trainer opens them in a browser, offline, and
// prints them.
//
// "go generate ./cmd/lab/internal/workshop" makes them anew from the lessons, and a test
// says when it has to.
package workshop

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path"

	"tcpworkbook/kit/workbook"
)

//go:generate go run ./generate

//go:embed templates
var files embed.FS

// Page is one of the files that are made.
type Page struct {
	Name string // workshop/print/cards.ko.html
	HTML []byte
}

// Pages makes all pages of the workbook in folder root, in both languages.
func Pages(root string) ([]Page, error) {
	templates, err := template.ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	var pages []Page
	for _, edition := range workbook.Editions {
		cards, err := cardsOf(root, edition)
		if err != nil {
			return nil, err
		}
		content := content{Words: words[edition], Cards: cards, Header: header, Rungs: conversation}
		for _, folderAndName := range []string{"projector", "print/sheet", "print/cards"} {
			folder, name := path.Split(folderAndName)
			var out bytes.Buffer
			if err := templates.ExecuteTemplate(&out, name+".html", content); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			pages = append(pages, Page{
				Name: path.Join("workshop", folder, name+content.Words.Suffix+".html"),
				HTML: out.Bytes(),
			})
		}
	}
	return pages, nil
}

// content is what the templates are filled with.
type content struct {
	Words  wording
	Cards  []card
	Header []field
	Rungs  []rung
}

// Lifecycle is the picture of a socket's life; the projector lights it up.
func (c content) Lifecycle() template.HTML { return lifecycle(c.Words) }

// card is one step, to cut out.
type card struct {
	Chapter, Step int
	Title         string
	Task          template.HTML
	Question      template.HTML
	Command       string
}

// Number is how the lessons count: "2.4".
func (c card) Number() string { return fmt.Sprintf("%d.%d", c.Chapter, c.Step) }

func cardsOf(root string, edition workbook.Edition) ([]card, error) {
	chapters, err := workbook.Chapters(root, workbook.Stubs)
	if err != nil {
		return nil, err
	}
	var cards []card
	for _, chapter := range chapters {
		chapter.Edition = edition
		lesson, err := chapter.Lesson()
		if err != nil {
			return nil, err
		}
		for _, step := range lesson.Steps {
			c := card{
				Chapter: chapter.Number,
				Step:    step.Number,
				Title:   step.Title,
				Task:    inline(step.Task()),
				Command: fmt.Sprintf("go test ./chapters/%s -run TestStep%d_", chapter.Name, step.Number),
			}
			if questions := step.Afterwards().Questions; len(questions) > 0 {
				c.Question = inline(questions[0].Asks)
			}
			cards = append(cards, c)
		}
	}
	return cards, nil
}
