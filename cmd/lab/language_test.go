package main

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
	"tcpworkbook/kit/workbook"
)

func TestLocaleEdition(t *testing.T) {
	for _, c := range []struct {
		all, messages, lang string
		want                workbook.Edition
	}{
		{want: workbook.English},
		{lang: "ko", want: workbook.Korean},
		{lang: "ko_KR.UTF-8", want: workbook.Korean},
		{lang: "ko.UTF-8@x", want: workbook.Korean},
		{lang: "kok_IN", want: workbook.English}, // Konkani
		{lang: "fr_FR", want: workbook.English},
		{messages: "ko_KR", lang: "de_DE", want: workbook.Korean},
		{messages: "en_GB", lang: "ko_KR", want: workbook.English},
		{all: "C", messages: "ko_KR", lang: "ko_KR", want: workbook.English},
		{all: "ko_KR.UTF-8", messages: "C", lang: "C", want: workbook.Korean},
	} {
		environment := map[string]string{"LC_ALL": c.all, "LC_MESSAGES": c.messages, "LANG": c.lang, "LANGUAGE": "ko"}
		assert.Equal(t, c.want, localeEdition(func(name string) string { return environment[name] }), "%+v", c)
	}
}

func TestTheLanguageFlag(t *testing.T) {
	inWorkbook(t)
	want := do(t, false, "--lang", "ko", "check", "2")
	for _, args := range [][]string{{"--lang=ko", "check", "2"}, {"-lang", "ko", "check", "2"}, {"check", "--lang", "ko", "2"}, {"check", "2", "--lang=ko"}} {
		assert.Equal(t, want, do(t, false, args...), "%q", args)
	}
	assert.Contains(t, do(t, false, "help", "hint", "--lang", "ko").out, "어떤 힌트를")
	for _, args := range [][]string{{"--lang", "fr"}, {"check", "--lang=ko_KR"}, {"hint", "--lang"}, {"--lang="}} {
		c := do(t, false, args...)
		assert.Equal(t, exitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out)
		oneLine(t, c.err)
		assert.Contains(t, c.err, "ko")
	}
	assert.Contains(t, do(t, false, "--", "--lang", "ko").err, `there is no "--"`, "what follows -- is no flag")
}

// TestKoreanScreens goes through the small workbook in Korean; the lesson of its
// second chapter is in English only.
func TestKoreanScreens(t *testing.T) {
	inWorkbook(t)
	screen := func(name string, args ...string) {
		t.Helper()
		c := do(t, false, append([]string{"--lang", "ko"}, args...)...)
		assert.Empty(t, c.err, name)
		golden(t, "ko-"+name, c.out)
	}
	screen("1-untouched")
	screen("2-first-hint", "hint")
	screen("3-last-hint", "hint")
	screen("4-no-more-hints", "hint")
	screen("5-check", "check", "1")
	replace(t, greeting, `return ""`, `return hello`)
	screen("6-does-not-compile")
	screen("7-start", "start", "1")
	solve(t, "01-greeting", "greeting.go")
	screen("8-lesson-in-english")
	screen("9-help", "help")
}

// TestSentences looks for sentences that lab says and that are not in the table, and
// for those in it that nobody says.
func TestSentences(t *testing.T) {
	said, constants := saidSentences(t)
	for english := range said {
		assert.Contains(t, sentences, english, "a sentence without Korean")
	}
	for _, s := range subcommands() {
		assert.Contains(t, sentences, s.summary)
	}
	verb := regexp.MustCompile(`%(?:\[[0-9]\])?([a-z])`)
	for english, korean := range sentences {
		assert.True(t, said[english] || constants[english], "nobody says %q", english)
		assert.True(t, strings.ContainsFunc(korean, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) || korean == "%d/%d", "%q is not in Korean", korean)
		verbs := func(text string) (all []string) {
			for _, m := range verb.FindAllStringSubmatch(text, -1) {
				all = append(all, m[1])
			}
			return slices.Sorted(slices.Values(all))
		}
		assert.Equal(t, verbs(english), verbs(korean), "%q", english)
		for line := range strings.Lines(korean) {
			if strings.Contains(english, "\n") {
				assert.LessOrEqual(t, layout.VisibleWidth(strings.TrimSuffix(line, "\n")), columns, line)
			}
		}
	}
}

// saidSentences returns the constants in lab's own files: those that are given to
// say as they are, and all.
func saidSentences(t *testing.T) (said, all map[string]bool) {
	t.Helper()
	said, all = make(map[string]bool), make(map[string]bool)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "sentences.go" {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "say" && len(n.Args) > 0 {
					note(said, n.Args[0])
				}
			case *ast.BasicLit:
				note(all, n)
			}
			return true
		})
	}
	assert.NotEmpty(t, said)
	return said, all
}

func note(set map[string]bool, x ast.Expr) {
	if l, ok := x.(*ast.BasicLit); ok && l.Kind == token.STRING {
		if text, err := strconv.Unquote(l.Value); err == nil {
			set[text] = true
		}
	}
}
