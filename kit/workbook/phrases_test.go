package workbook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const samplePhrases = `# A comment.
the port is free
	포트가 비어 있다
the listener
	대기 소켓

want %s, got %s
	기대 %s, 실제 %s
want port %d, got %s
	%[2]s가 아니라 포트 %[1]d
Bind(%s, %v)
	Bind(%s, %v)
`

func TestPhrases(t *testing.T) {
	p, wrong := ReadPhrases(samplePhrases)
	require.Empty(t, wrong)
	for english, korean := range map[string]string{
		"the port is free":                    "포트가 비어 있다",
		"want 5, got -7":                      "기대 5, 실제 -7",
		"want the listener, got 7":            "기대 대기 소켓, 실제 7",
		"want port 5, got the listener":       "대기 소켓가 아니라 포트 5",
		"want port x, got y":                  "기대 port x, 실제 y",
		"Bind(the listener, 10.0.0.1:80)":     "Bind(대기 소켓, 10.0.0.1:80)",
		"the port is free\n    want a, got b": "포트가 비어 있다\n    기대 a, 실제 b",
		"want a, got b\nthe port is free":     "기대 a, 실제 b\n포트가 비어 있다",
		"want a, got b\n  and c":              "기대 a, 실제 b\n  and c",
		"so:\nwant the listener, got 7":       "so:\n기대 대기 소켓, 실제 7",
		"somebody else said this":             "somebody else said this",
	} {
		assert.Equal(t, korean, p.Say(english))
	}
	_, missing := p.Find("want what nobody has said, got the listener")
	assert.Equal(t, []string{"what nobody has said"}, missing)
	_, missing = p.Find("want 30s here, got the listener")
	assert.Equal(t, []string{"30s here"}, missing, "a word of the sentence is left over")
	var none *Phrases
	assert.Equal(t, "the port is free", none.Say("the port is free"))

	other, _ := ReadPhrases("the port is free\n\t빈 포트\n")
	both := p.With(other)
	assert.Equal(t, "빈 포트", both.Say("the port is free"))
	assert.Equal(t, "대기 소켓", both.Say("the listener"))
}

func TestPhrasesThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"\t한국어\n":                    "1: there is no English before it",
		"a\nb\n\t나\n":                "2: the line before it has no translation",
		"a\n\t가\n\nb\n\t나\na\n\t가\n": "7: this is there twice",
	} {
		_, wrong := ReadPhrases(text)
		assert.Contains(t, wrong, want, text)
	}
}

// TestAFailureInKorean writes one, and takes it apart again.
func TestAFailureInKorean(t *testing.T) {
	givenChapterFolder(t, "02-handshake", "because\n\t그래서\nan ACK is owed for every SYN, and that is all that there is to it.\n\tSYN마다 ACK로 답해야 합니다. 그것이 전부입니다. 줄이 길어서 다음 줄로 넘어갈 만큼 길게 씁니다.\n")
	t.Setenv(LanguageVariable, "ko")
	const test = "TestStep3_Open"
	output := "    open_test.go:7: " + Heading(test, "because") + "\n        " + Say("your code panicked at open.go:3: no") + "\n"
	advice := Advice(test, "an ACK is owed for every SYN, and that is all that there is to it.", "RFC 9293 §3.5, figure 6")
	assert.Equal(t, []string{
		"짐작: SYN마다 ACK로 답해야 합니다. 그것이 전부입니다. 줄이 길어서 다음",
		"      줄로 넘어갈 만큼 길게 씁니다.",
		"읽기: chapters/02-handshake/README.ko.md, 단계 3 · RFC 9293 §3.5, 그림 6",
	}, advice)
	for _, line := range advice {
		output += "        " + line + "\n"
	}
	f := ReadFailure(test, output)
	assert.Contains(t, output, "단계 2.3: 그래서")
	assert.Equal(t, "2.3", f.Step)
	assert.Equal(t, "SYN마다 ACK로 답해야 합니다. 그것이 전부입니다. 줄이 길어서 다음 줄로 넘어갈 만큼 길게 씁니다.", f.Likely)
	assert.Equal(t, "chapters/02-handshake/README.ko.md, 단계 3 · RFC 9293 §3.5, 그림 6", f.Read)
	assert.Equal(t, "중단: 코드에서 패닉이 일어남 (open.go:3): no", f.Trouble)
	assert.True(t, ReadFailure(test, "    "+Upon("Arrive", "a_test.go", 7)+"\n").Frame)
}

// TestWhoAsksForKorean: what lab asks for, else the locale; in no other folder than a
// chapter's.
func TestWhoAsksForKorean(t *testing.T) {
	givenChapterFolder(t, "02-handshake", "")
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG", LanguageVariable} {
		t.Setenv(variable, "")
	}
	assert.Equal(t, English, Spoken())
	t.Setenv("LANG", "ko_KR.UTF-8")
	assert.Equal(t, Korean, Spoken())
	assert.Equal(t, "아무것도 보내지 않음", Say("nothing was sent"), "without a catalogue of its own, what kit says")
	t.Setenv(LanguageVariable, "en")
	assert.Equal(t, English, Spoken())
	t.Setenv(LanguageVariable, "ko")
	assert.Equal(t, Korean, Spoken())
	t.Chdir(t.TempDir())
	assert.Equal(t, English, Spoken())
}

// givenChapterFolder makes a chapter's folder with a catalogue, and goes there.
func givenChapterFolder(t *testing.T, name, catalogue string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.Mkdir(dir, 0o777))
	if catalogue != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, PhrasesFile(Korean)), []byte(catalogue), 0o666))
	}
	t.Chdir(dir)
}
