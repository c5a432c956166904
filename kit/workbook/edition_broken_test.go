package workbook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sampleEnglish = "# Chapter 2 · The handshake\n\n[한국어](README.ko.md)\n\n" +
	"Two sockets exist. See [chapter 1](../01-socket/README.md#step-1-refuse), [`tcp.TCB`](../../kit/tcp/tcb.go).\n\n" +
	"![life](life.svg)\n\n" +
	"## Step 1: Send a SYN\n\nSequence numbers name bytes, says RFC 9293 §3.4; step 2.2 uses them.\n\n" +
	"```\ngo test ./x   one step\n```\n\n" +
	"```\nupon <SEQ=301><CTL=ACK>: want 5 bytes\n```\n\n" +
	"```go\n// 5 bytes\n```\n\n" +
	"```mermaid\nsequenceDiagram\n    participant C as client\n    C->>S: SEQ=100, CTL=SYN\n    Note over C: the timer runs: 2 s\n```\n\n" +
	"| function | file |\n|---|---|\n| `Open` | what opens it |\n\n" +
	"- one thing\n- another\n\n" +
	"**Check**: `TestStep1_Say`, `…_Twice`\n\n" +
	"<details><summary>Hint 1</summary>\n\nSay it.\n\n</details>\n"

const sampleKorean = "# 2장 · 핸드셰이크\n\n[English](README.md)\n\n" +
	"소켓이 둘 있습니다. [`tcp.TCB`](../../kit/tcp/tcb.go)와 [1장](../01-socket/README.ko.md#단계-1-거절하기)을 보십시오.\n\n" +
	"![life](life.svg)\n\n" +
	"## 단계 1: SYN 보내기\n\nRFC 9293 §3.4는 순서 번호(sequence number)가 바이트의 이름이라고 합니다. 단계 2.2에서 씁니다.\n\n" +
	"```\ngo test ./x   one step\n```\n\n" +
	"```\n이때: <SEQ=301><CTL=ACK>: 기대 5바이트\n```\n\n" +
	"```go\n// 5 bytes\n```\n\n" +
	"```mermaid\nsequenceDiagram\n    participant C as 클라이언트\n    C->>S: SEQ=100, CTL=SYN\n    Note over C: 타이머가 돈다: 2초\n```\n\n" +
	"| 함수 | 파일 |\n|---|---|\n| `Open` | 여는 것 |\n\n" +
	"- 하나\n- 또 하나\n\n" +
	"**확인**: `TestStep1_Say`, `…_Twice`\n\n" +
	"<details><summary>힌트 1</summary>\n\n말합시다.\n\n</details>\n"

// sample compares the sample pair.
func sample(english, korean string) []string {
	others := map[string]document{}
	for file, text := range map[string]string{
		"chapters/01-socket/README.md":       "# Chapter 1\n\n## Step 1: Refuse\n",
		"chapters/01-socket/README.ko.md":    "# 1장\n\n## 단계 1: 거절하기\n",
		"chapters/02-handshake/README.md":    english,
		"chapters/02-handshake/README.ko.md": korean,
	} {
		others[file] = parse(file, text)
	}
	return compare(others["chapters/02-handshake/README.md"], others["chapters/02-handshake/README.ko.md"], others)
}

// TestEditionsApart breaks a Korean edition that is right, in each way that
// TestEditions looks for.
func TestEditionsApart(t *testing.T) {
	require.Empty(t, sample(sampleEnglish, sampleKorean))
	for name, broken := range map[string]struct{ old, new, want string }{
		"no way to the other":     {"[English](README.md)\n\n", "", "ko.md:1: the first line under the title is not [English](README.md)"},
		"heading in English":      {"## 단계 1: SYN 보내기", "## 단계 1: Send a SYN", "step 1: the heading is not in Korean"},
		"another word for step":   {"## 단계 1: SYN", "## Step 1: SYN", `the heading does not begin with "단계 1: "`},
		"another step":            {"## 단계 1", "## 단계 2", `stands where the English edition has "Step 1: Send a SYN"`},
		"one section less":        {"## 단계 1: SYN 보내기\n\n", "", `the next section is missing: "Step 1: Send a SYN"`},
		"one section more":        {"- 하나", "## 더\n\n- 하나", "the English edition has no such section"},
		"paragraph left out":      {"**확인**: `TestStep1_Say`, `…_Twice`\n\n", "", "step 1: a <details> where the English edition (line 39) has a paragraph"},
		"item left out":           {"- 하나\n", "", "step 1: a paragraph where the English edition (line 37) has an item of a list"},
		"code changed":            {"one step", "a step", "the code block is another than the English one"},
		"code in Korean":          {"// 5 bytes", "// 5바이트", "the code block is another than the English one"},
		"screen's numbers":        {"기대 5바이트", "기대 6바이트", "has other numbers or segments than the English one (line 17): 5 is missing"},
		"screen's segment":        {"<SEQ=301><CTL=ACK>", "<SEQ=301><CTL=RST>", "<SEQ=301><CTL=ACK> is missing"},
		"code's language":         {"```\ngo test", "```sh\ngo test", `the code block is of language "sh"; want ""`},
		"other arrow":             {"C->>S: SEQ", "C-->>S: SEQ", "differs in more than what is for people to read"},
		"other numbers":           {"SEQ=100, CTL=SYN", "SEQ=101, CTL=SYN을", "has other numbers"},
		"other segment":           {"SEQ=100, CTL=SYN\n", "SEQ=100, CTL=FIN을\n", "is without SYN"},
		"label differs":           {"SEQ=100, CTL=SYN\n", "SEQ=100; CTL=SYN\n", "differs, and not in Korean"},
		"label not translated":    {"타이머가 돈다: 2초", "the timer runs: 2 s", "is not translated: the timer runs"},
		"a line less in diagram":  {"    Note over C: 타이머가 돈다: 2초\n", "", "the diagram has 3 lines; want 4"},
		"a column more":           {"| 여는 것 |", "| 여는 것 | 더 |", "the table's row has 3 columns; want 2"},
		"a row less":              {"| `Open` | 여는 것 |\n", "", "the table has 2 rows; want 3"},
		"test not named":          {", `…_Twice`", "", "step 1: the tests that it names are others: …_Twice is missing"},
		"other code":              {"`Open`", "`Close`", "what it has in backquotes is something else: Close is too much"},
		"link to English":         {"../01-socket/README.ko.md#단계-1-거절하기", "../01-socket/README.md#step-1-refuse", "it links elsewhere: ../01-socket/README.ko.md#단계-1-거절하기 is missing"},
		"other anchor":            {"#단계-1-거절하기", "#단계-1", "it links elsewhere"},
		"other file":              {"kit/tcp/tcb.go", "kit/tcp/seq.go", "it links elsewhere: ../../kit/tcp/seq.go is too much"},
		"other picture":           {"life.svg", "death.svg", "it shows other pictures"},
		"other summary":           {"힌트 1", "Hint 1", `folded are ["Hint 1"]; want ["힌트 1"]`},
		"other RFC":               {"RFC 9293", "RFC 793", "it cites other RFCs, sections or steps: RFC 793 is too much"},
		"other RFC's section":     {"§3.4", "§3.5", "§3.4 is missing"},
		"other step referred to":  {"단계 2.2", "단계 2.3", "2.2 is missing"},
		"paragraph not in Korean": {"말합시다.", "Say it, and say it loud.", `there is no Korean in "Say it, and say it loud."`},
		"cell not in Korean":      {"여는 것", "what opens it", `there is no Korean in "what opens it"`},
		"half in English":         {"말합시다.", "말합시다. You have to say it before the other side does.", "so much English in a row"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, sampleKorean, broken.old)
			wrong := strings.Join(sample(sampleEnglish, strings.Replace(sampleKorean, broken.old, broken.new, 1)), "\n")
			assert.Contains(t, wrong, broken.want)
			assert.Contains(t, wrong, "chapters/02-handshake/README.ko.md:")
		})
	}
	assert.NotEmpty(t, sample(strings.Replace(sampleEnglish, "[한국어](README.ko.md)\n\n", "", 1), sampleKorean))
}
