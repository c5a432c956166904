package language

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/kit/workbook"
)

// TestPhrases reads the catalogue of what lab puts together while it runs.
func TestPhrases(t *testing.T) {
	own, wrong := workbook.ReadPhrases(phrases)
	assert.Empty(t, wrong)
	for _, english := range own.English() {
		korean := own.Korean(english)
		hangul := strings.ContainsFunc(korean, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
		assert.True(t, hangul || korean == english || strings.Contains(english, "time-wait"), "%q is not in Korean: %q", english, korean)
	}
	for english, korean := range map[string]string{
		`lab trace: invalid value "x" for flag -who: want client or server`: `lab trace: 플래그 -who의 값 "x"이(가) 잘못되었습니다: client나 server를 적어 주십시오`,
		"Listen: a socket, port 80":                                         "Listen: 소켓 하나, 포트 80",
		"connection reset by peer: the socket is deleted":                   "상대가 연결을 리셋함: 소켓이 삭제됨",
		"Yours: chapters 1, 2 and 3.":                                       "여러분의 것: 1, 2, 3장.",
		" The reference's: chapter 4.":                                      " 참조 구현: 4장.",
		"more of the response, 422 bytes":                                   "이어지는 응답, 422바이트",
		"3 transfer: yours":                                                 "3 전송: 여러분의 것",
	} {
		assert.Equal(t, korean, Phrases(workbook.Korean).Say(english))
		assert.Equal(t, english, Phrases(workbook.English).Say(english))
	}
}
