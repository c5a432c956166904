package catchup

import (
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"strings"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/kit/workbook"
)

// addGiven adds to the files of an untouched chapter those of the learner's that are as an
// earlier lab catchup has left them.
func addGiven(untouched map[string][]byte, b *book.Book, c workbook.Chapter) error {
	stub, err := pristineFunctions(b, c)
	if err != nil {
		return err
	}
	reference, err := folderFunctions(c.SolutionFolder())
	if err != nil {
		return err
	}
	files, err := workbook.GoFiles(c.StubFolder(), false)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		solution, err := os.ReadFile(filepath.Join(c.SolutionFolder(), name))
		if err != nil {
			continue // lab catchup makes no other files than the reference has
		}
		if hasOwn(c.Number, text, solution, stub, reference) {
			continue
		}
		untouched[name] = text
	}
	return nil
}

// hasOwn reports whether a learner has written anything in a file: whether a function is
// neither the stub's nor the reference's, or what is no function is not as in the file of the
// solution.
func hasOwn(chapter int, text, solution []byte, stub, reference map[string]function) bool {
	functions, err := workbook.FileFunctions("", text)
	if err != nil {
		return true
	}
	for _, f := range functions {
		written := workbook.WithoutGivenMarks(string(text[f.Begin:f.End]))
		of, inStub := stub[f.String()]
		is, inReference := reference[f.String()]
		switch {
		case inReference && wasGiven(chapter, is, of, written):
		case inStub && (written == of.text || written == waiting(of, math.MaxInt)):
		default:
			return true
		}
	}
	return besideFunctions(text) != besideFunctions(solution)
}

// besideFunctions returns the words of a Go file that stand neither in a function nor in its
// imports.
func besideFunctions(text []byte) string {
	functions, err := workbook.FileFunctions("", text)
	if err != nil {
		return ""
	}
	tree, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil {
		return ""
	}
	head, body := cut(text, tree)
	var beside strings.Builder
	beside.WriteString(head)
	done := len(text) - len(body)
	for _, f := range functions {
		beside.Write(text[done:f.Begin])
		done = f.End
	}
	beside.Write(text[done:])
	return strings.Join(strings.Fields(beside.String()), " ")
}
