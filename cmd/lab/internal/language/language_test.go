package language

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/layout"
)

// TestSentences looks in all of lab for sentences that it says and that are not in the
// table, for those in the table that nobody says, and for texts that are not in each
// language.
func TestSentences(t *testing.T) {
	said, texts := spoken(t)
	assert.NotEmpty(t, said)
	assert.NotEmpty(t, texts)
	for english := range said {
		assert.Contains(t, sentences, english, "a sentence without Korean")
	}
	for english, korean := range sentences {
		assert.True(t, said[english], "nobody says %q", english)
		translated(t, english, korean)
	}
	for english, korean := range texts {
		translated(t, english, korean)
		for line := range strings.Lines(korean) {
			assert.LessOrEqual(t, layout.VisibleWidth(strings.TrimSuffix(line, "\n")), layout.Columns, line)
		}
	}
}

// translated asserts that a text is in Korean, and says as much as the English one.
func translated(t *testing.T, english, korean string) {
	t.Helper()
	assert.True(t, strings.ContainsFunc(korean, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) || korean == "%d/%d", "%q is not in Korean: %q", english, korean)
	verb := regexp.MustCompile(`%(?:\[[0-9]\])?([a-z])`)
	verbs := func(text string) (all []string) {
		for _, m := range verb.FindAllStringSubmatch(text, -1) {
			all = append(all, m[1])
		}
		return slices.Sorted(slices.Values(all))
	}
	assert.Equal(t, verbs(english), verbs(korean), "%q", english)
}

// spoken returns what lab's own files give to Say, the summaries of the subcommands
// among it, and their Texts, English to Korean.
func spoken(t *testing.T) (said map[string]bool, texts map[string]string) {
	t.Helper()
	said, texts = make(map[string]bool), make(map[string]string)
	files, err := filepath.Glob("../../*.go")
	require.NoError(t, err)
	rooms, err := filepath.Glob("../*/*.go")
	require.NoError(t, err)
	for _, file := range append(files, rooms...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if english, says := sentence(n); says {
					said[constant(t, file, english)] = true
				}
			case *ast.CompositeLit:
				for _, summary := range summaries(n) {
					said[constant(t, file, summary)] = true
				}
				if english, korean := bothLanguages(n); english != nil || korean != nil {
					texts[constant(t, file, english)] = constant(t, file, korean)
				}
			}
			return true
		})
	}
	return said, texts
}

// sentence returns what a call of Say is asked for in English. Where that is handed
// on from another call of Say, or is a subcommand's summary, it is found elsewhere.
func sentence(call *ast.CallExpr) (english ast.Expr, says bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Say" {
		return nil, false
	}
	english = call.Args[0]
	if of, ok := f.X.(*ast.Ident); ok && of.Name == "language" {
		english = call.Args[1]
	}
	switch x := english.(type) {
	case *ast.Ident:
		return nil, x.Name != "english"
	case *ast.SelectorExpr:
		return nil, x.Sel.Name != "summary"
	}
	return english, true
}

// summaries returns the summaries in the table of subcommands; nil when it is
// something else.
func summaries(x *ast.CompositeLit) (all []ast.Expr) {
	table, ok := x.Type.(*ast.ArrayType)
	if !ok {
		return nil
	}
	if of, ok := table.Elt.(*ast.Ident); !ok || of.Name != "subcommand" {
		return nil
	}
	for _, s := range x.Elts {
		all = append(all, s.(*ast.CompositeLit).Elts[1])
	}
	return all
}

// bothLanguages returns what a Text is in each language; nil when it is something else.
func bothLanguages(x *ast.CompositeLit) (english, korean ast.Expr) {
	for _, e := range x.Elts {
		field, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch name, _ := field.Key.(*ast.Ident); {
		case name == nil:
		case name.Name == "English":
			english = field.Value
		case name.Name == "Korean":
			korean = field.Value
		}
	}
	return english, korean
}

// constant returns the text of a constant that stands where it is used.
func constant(t *testing.T, file string, x ast.Expr) string {
	t.Helper()
	l, ok := x.(*ast.BasicLit)
	require.True(t, ok && l.Kind == token.STRING, "in %s, something said is no constant, or is not in each language", file)
	text, err := strconv.Unquote(l.Value)
	require.NoError(t, err)
	return text
}
