package layout

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "한글": 4, "가힣": 4, "단계 1.1:": 9, "●◐○ ▸ …": 7, "✗": 1, "→": 1, "e\u0301": 1, "ㄱ": 2,
		"\u1112\u1161\u11ab": 2, // 한, taken apart as macOS does
		"、「」":                6, "ｗ": 2, "é": 1, "─": 1,
	} {
		assert.Equal(t, want, Width(text), "%q", text)
	}
	assert.Equal(t, "단계…", Shorten("단계 일이삼", 5))
	assert.Equal(t, "단…", Shorten("단계 일이삼", 4))
	assert.Equal(t, "단계", Shorten("단계", 4))
	assert.Equal(t, "단계  ", Padded("단계", 6))
	for _, line := range Wrap("한글은 한 글자가 두 칸을 차지합니다", 10) {
		assert.LessOrEqual(t, Width(line), 10)
	}
}

func TestWrap(t *testing.T) {
	assert.Equal(t, []string{"one two", "three"}, Wrap("one  two three", 7))
	assert.Equal(t, []string{""}, Wrap("", 7))
	assert.Equal(t, []string{"incomprehensible", "x"}, Wrap("incomprehensible x", 7))
	assert.Equal(t, "inco…", Shorten("incomprehensible", 5))
	assert.Equal(t, "short", Shorten("short", 5))
}
