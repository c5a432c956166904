package workbook

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kitSpeakers are the packages whose sentences stand in kit's own catalogue.
var kitSpeakers = []string{"script", "frames", "guard", "tcp", "ladder", "workbook", "storm"}

// TestPhrasesAreCurrent looks in every catalogue for what nobody says any more, and in the
// chapters' tests for what has no Korean. What a test makes up while it runs is looked for
// by the proof.
func TestPhrasesAreCurrent(t *testing.T) {
	kit, wrong := ReadPhrases(kitPhrases)
	assert.Empty(t, wrong, "messages.ko.txt")
	var said []string
	for _, speaker := range kitSpeakers {
		said = append(said, literals(t, filepath.Join("..", speaker), false)...)
	}
	current(t, "kit/workbook/messages.ko.txt", kit, said)

	chapters, err := Chapters(theWorkbook, Stubs)
	require.NoError(t, err)
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			file := c.File(PhrasesFile(Korean))
			text, err := os.ReadFile(filepath.Join(theWorkbook, file))
			require.NoError(t, err)
			own, wrong := ReadPhrases(string(text))
			assert.Empty(t, wrong, file)
			said := literals(t, c.StubFolder(), true)
			current(t, file, own, said)
			all := kit.With(own)
			var without []string
			for _, reason := range slices.Concat(reasons(t, c.StubFolder()), hints(t, c.StubFolder())) {
				if _, missing := all.Find(reason); len(missing) > 0 {
					without = append(without, reason)
				}
			}
			for _, english := range said {
				if isSentence.MatchString(english) && !hasPart(all, english) {
					without = append(without, english)
				}
			}
			assert.Empty(t, Untranslated(file, without))
			for _, place := range placesToRead(t, c.StubFolder()) {
				assert.Empty(t, englishWords(koreanPlaces.Replace(place)), "koreanPlaces: %s", place)
			}
		})
	}
}

// current looks for phrases that stand in no source, and for what is no translation.
func current(t *testing.T, file string, p *Phrases, said []string) {
	t.Helper()
	all, parts := strings.Join(said, "\x00"), make(map[string]bool)
	for _, literal := range said {
		for _, part := range verb.Split(literal, -1) {
			parts[part] = true
		}
	}
	for _, english := range p.English() {
		for _, part := range verb.Split(english, -1) {
			if !strings.Contains(all, strings.TrimSpace(part)) && !addsUp(part, parts) {
				t.Errorf("%s: nobody says %q any more", file, english)
				break
			}
		}
		korean := p.Korean(english)
		verbs := len(verb.FindAllString(english, -1))
		assert.Equal(t, verbs, len(verb.FindAllString(korean, -1)), "%s: %q has other verbs than %q", file, korean, english)
		hangul := strings.ContainsFunc(korean, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
		assert.True(t, hangul || korean == english || !isSentence.MatchString(english), "%s: %q is not in Korean", file, korean)
	}
}

// addsUp reports whether a text is made of parts, one after the other.
func addsUp(text string, parts map[string]bool) bool {
	if text == "" {
		return true
	}
	for end := len(text); end > 0; end-- {
		if parts[text[:end]] && addsUp(text[end:], parts) {
			return true
		}
	}
	return false
}

// hasPart reports whether a literal is a part of a phrase, which the source puts together.
func hasPart(p *Phrases, literal string) bool {
	for _, phrase := range p.English() {
		inAll := true
		for _, part := range verb.Split(literal, -1) {
			inAll = inAll && strings.Contains(phrase, strings.TrimSpace(part))
		}
		if inAll {
			return true
		}
	}
	return false
}

// reasons returns what a folder's tests give as the reason of an expectation.
func reasons(t *testing.T, folder string) []string {
	return argumentsOf(t, folder, func(f string, args []ast.Expr) ast.Expr {
		if len(args) < 2 || !strings.HasPrefix(f, "Want") || f == "WantEqual" {
			return nil
		}
		return args[0]
	})
}

// hints returns what a folder's tests say is likely.
func hints(t *testing.T, folder string) []string {
	return argumentsOf(t, folder, func(f string, args []ast.Expr) ast.Expr {
		switch f {
		case "Likely", "If", "IfSent", "IfSilent", "IfNoOptions", "IfState":
			return args[len(args)-1]
		}
		return nil
	})
}

// placesToRead returns what a folder's tests name to be read.
func placesToRead(t *testing.T, folder string) []string {
	return argumentsOf(t, folder, func(f string, args []ast.Expr) ast.Expr {
		if f != "See" {
			return nil
		}
		return args[0]
	})
}

// argumentsOf returns the constant texts among the arguments that which picks from the
// method and function calls in a folder's tests.
func argumentsOf(t *testing.T, folder string, which func(f string, args []ast.Expr) ast.Expr) []string {
	t.Helper()
	files, err := GoFiles(folder, true)
	require.NoError(t, err)
	var all []string
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) == 0 {
				return true
			}
			f, is := call.Fun.(*ast.SelectorExpr)
			if !is {
				return true
			}
			if argument := which(f.Sel.Name, call.Args); argument != nil {
				if text, constant := constantText(argument); constant {
					all = append(all, text)
				}
			}
			return true
		})
	}
	return all
}

// literals returns the texts that stand in the sources of a folder, in its tests or in all
// else; constants that are added up are one.
func literals(t *testing.T, folder string, tests bool) []string {
	t.Helper()
	files, err := GoFiles(folder, tests)
	require.NoError(t, err)
	var all []string
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			if _, imports := n.(*ast.ImportSpec); imports {
				return false
			}
			e, is := n.(ast.Expr)
			if !is {
				return true
			}
			text, constant := constantText(e)
			if constant {
				all = append(all, strings.Split(text, "\n")...)
			}
			return !constant
		})
	}
	return all
}

// constantText returns the text of a literal, or of several that are added up.
func constantText(e ast.Expr) (text string, is bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		left, isLeft := constantText(e.X)
		right, isRight := constantText(e.Y)
		return left + right, e.Op == token.ADD && isLeft && isRight
	}
	return "", false
}
