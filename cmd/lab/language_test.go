package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
)

func TestTheLanguageFlag(t *testing.T) {
	booktest.Enter(t)
	want := do(t, false, "--lang", "ko", "hint", "1.1", "--again")
	assert.Contains(t, want.out, "힌트")
	for _, args := range [][]string{
		{"--lang=ko", "hint", "1.1", "--again"}, {"-lang", "ko", "hint", "1.1", "--again"},
		{"hint", "--lang", "ko", "1.1", "--again"}, {"hint", "1.1", "--again", "--lang=ko"},
	} {
		assert.Equal(t, want, do(t, false, args...), "%q", args)
	}
	assert.Contains(t, do(t, false, "help", "hint", "--lang", "ko").out, "어떤 힌트를")
	for _, args := range [][]string{{"--lang", "fr"}, {"check", "--lang=ko_KR"}, {"hint", "--lang"}, {"--lang="}} {
		c := do(t, false, args...)
		assert.Equal(t, terminal.ExitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out)
		oneLine(t, c.err)
		assert.Contains(t, c.err, "ko")
	}
	assert.Contains(t, do(t, false, "--", "--lang", "ko").err, `there is no "--"`, "what follows -- is no flag")
}

// TestKoreanScreens goes through the small workbook in Korean; the lesson of its
// second chapter is in English only.
func TestKoreanScreens(t *testing.T) {
	booktest.Enter(t)
	screen := func(name string, args ...string) {
		t.Helper()
		c := do(t, false, append([]string{"--lang", "ko"}, args...)...)
		assert.Empty(t, c.err, name)
		golden(t, "ko-"+name, c.out)
	}
	screen("1-untouched")
	screen("2-first-hint", "hint")
	screen("3-last-hint", "hint", "1.1")
	screen("4-no-more-hints", "hint", "1.1")
	screen("5-check", "check", "1")
	booktest.Replace(t, booktest.Greeting, `return ""`, `return hello`)
	screen("6-does-not-compile")
	screen("7-start", "start", "1")
	booktest.Solve(t, "01-greeting", "greeting.go")
	screen("8-lesson-in-english")
	screen("9-help", "help")
}
