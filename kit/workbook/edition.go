package workbook

// Edition is a language that lessons are written in, by its ISO 639 name. The zero
// value is English.
type Edition string

// The editions. English is the one that all others follow: see TestEditions.
const (
	English Edition = ""
	Korean  Edition = "ko"
)

// Editions are all of them.
var Editions = []Edition{English, Korean}

// Name returns the edition's ISO 639 name: "en".
func (e Edition) Name() string {
	if e == English {
		return "en"
	}
	return string(e)
}

// Readme returns how the edition's file is called, in a chapter and at the top.
func (e Edition) Readme() string {
	if e == English {
		return "README.md"
	}
	return "README." + string(e) + ".md"
}

// words are what an edition calls the parts of a lesson.
type words struct {
	step  string // in the heading of a step
	hint  string // in the summary of one
	write string // before the paragraph that says what to write

	after, think, see string // before the paragraphs that come last
	answer            string // in the summary of one
	specification     string // in the summary of what only a translation has; or ""
	figure            string // what stands on a terminal in the place of a diagram

	// What a test's failure has before a chapter's number, before what is likely, and
	// before where to read on.
	chapter, likely, read string
}

var wordsOf = map[Edition]words{
	English: {
		step: "Step", hint: "Hint", write: "Write",
		after: "After it passes", think: "To think about", see: "See it", answer: "Answer",
		figure:  "(A figure: see %s.)",
		chapter: "chapter %s", likely: "likely:", read: "read:",
	},
	Korean: {
		step: "단계", hint: "힌트", write: "작성할 것",
		after: "통과한 다음", think: "생각해 볼 문제", see: "직접 보기", answer: "답",
		specification: "명세", figure: "(그림: %s에 있습니다.)",
		chapter: "%s장", likely: "짐작:", read: "읽기:",
	},
}
