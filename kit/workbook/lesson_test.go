package workbook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// chapter makes a chapter of these files.
func chapter(t *testing.T, files map[string]string) Chapter {
	t.Helper()
	c := Chapter{Root: t.TempDir(), Name: "02-handshake", Number: 2}
	require.NoError(t, os.MkdirAll(c.StubFolder(), 0o777))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(c.StubFolder(), name), []byte(text), 0o666))
	}
	return c
}

func TestLesson(t *testing.T) {
	c := chapter(t, map[string]string{"README.md": `# Handshake

## Before you begin

Some words.

## Step 1: Answer the SYN,ACK — twice
What happens.

<details><summary>Hint 1</summary>

It is a *flag*.
</details>
<details>
<summary>Hint 2</summary>SYN.</details>
<details><summary>Answer</summary>No hint.</details>

## Step 2: ` + "Call `b.Emit`" + `

More.

## Going further
`})
	l, err := c.Lesson()
	require.NoError(t, err)
	require.Len(t, l.Steps, 2)
	first, second := l.Step(1), l.Step(2)
	assert.Equal(t, "Answer the SYN,ACK — twice", first.Title)
	assert.Equal(t, []string{"It is a *flag*.", "SYN."}, first.Hints())
	assert.NotContains(t, second.Text, "Going further")
	assert.Empty(t, second.Hints())

	// As GitHub makes them: two hyphens where a sign between spaces is dropped.
	assert.Equal(t, "step-1-answer-the-synack--twice", first.Anchor())
	assert.Equal(t, "step-2-call-bemit", second.Anchor())
	assert.Equal(t, Step{Number: 3}, l.Step(3))
	assert.Empty(t, l.Step(3).Anchor())

	_, err = chapter(t, nil).Lesson()
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestKoreanLesson(t *testing.T) {
	const english = "## Step 1: Say it\n\n**Write**: `Say` in\n`say.go`.\n\n**Check**: no\n\n<details><summary>Hint 1</summary>Do.</details>\n"
	const korean = "## 단계 1: `SYN`,ACK에 답하기\n\n**작성할 것**: `say.go`의\n`Say`.\n\n<details><summary>힌트 1</summary>합시다.</details>\n"
	c := chapter(t, map[string]string{"README.md": english})
	l, err := c.Lesson()
	require.NoError(t, err)
	assert.Equal(t, "`Say` in `say.go`.", l.Step(1).Task())
	assert.Empty(t, l.Step(2).Task())

	c.Edition = Korean
	l, err = c.Lesson()
	require.NoError(t, err)
	assert.Equal(t, English, l.Edition, "in English, where there is no Korean")
	assert.Equal(t, "Say it", l.Step(1).Title)

	require.NoError(t, os.WriteFile(filepath.Join(c.StubFolder(), "README.ko.md"), []byte(korean), 0o666))
	l, err = c.Lesson()
	require.NoError(t, err)
	require.Len(t, l.Steps, 1)
	s := l.Step(1)
	assert.Equal(t, "`SYN`,ACK에 답하기", s.Title)
	assert.Equal(t, "단계-1-synack에-답하기", s.Anchor())
	assert.Equal(t, []string{"합시다."}, s.Hints())
	assert.Equal(t, "`say.go`의 `Say`.", s.Task())
	assert.Equal(t, Step{Edition: Korean, Number: 2}, l.Step(2))
}

// What a terminal shows of a step: a word in the place of a diagram, and the specification
// that only a translation has.
func TestReadingOnATerminal(t *testing.T) {
	const text = "See:\n\n```mermaid\na --> b\n```\n\n<details><summary>명세</summary>\n\n<!-- Open 11f49b29 -->\n`Open`\n\nSYN.\n\n</details>\n"
	assert.Equal(t, "See:\n\n(그림: README.ko.md에 있습니다.)\n\n**명세**: `Open`\n\nSYN.", Step{Edition: Korean, Text: text}.Reading(false))
	assert.Equal(t, "See:\n\n(A figure: see README.md.)", Step{Text: text}.Reading(false))
}

func TestFunctions(t *testing.T) {
	const text = `package handshake

// Open opens.
//
// TODO(step 2.9): in a doc comment it is none
func (c *Chapter) Open(b *tcp.TCB) {
	// TODO(step 2.1): emit the SYN,
	// and wait
	// TODO(step 2.7): start the timer
	if b.Emit(seg()) {
		/* TODO(step 2.8): offer the options */
	}
}

func seg() int { return 0 }
`
	c := chapter(t, map[string]string{"open.go": text, "a_test.go": "package handshake\n\nfunc helper() {}\n"})
	functions, err := Functions(c.StubFolder())
	require.NoError(t, err)
	require.Len(t, functions, 2)
	open, seg := functions[0], functions[1]
	assert.Equal(t, "func (Chapter) Open", open.String())
	assert.True(t, open.Exported())
	assert.Equal(t, 6, open.Line)
	assert.Equal(t, 13, open.LastLine)
	assert.Equal(t, "// Open opens.", text[open.Begin:open.Begin+len("// Open opens.")])
	assert.Equal(t, "func (c", text[open.Start:open.Start+len("func (c")])
	assert.Equal(t, byte('}'), text[open.End-1])
	assert.Equal(t, []Marker{
		{2, 1, 7, "emit the SYN, and wait"}, {2, 7, 9, "start the timer"}, {2, 8, 11, "offer the options"},
	}, open.Markers)
	assert.Equal(t, []string{"Emit", "seg"}, open.Calls)
	assert.False(t, open.Blank)
	assert.Equal(t, "func seg", seg.String())
	assert.False(t, seg.Exported())
	assert.True(t, seg.Blank)
	_, ok := seg.Marker(1)
	assert.False(t, ok)

	broken := chapter(t, map[string]string{"open.go": text + "func ("})
	functions, err = Functions(broken.StubFolder())
	assert.Error(t, err)
	assert.Len(t, functions, 2, "what can be read is returned")
}

func TestChapters(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"chapters/02-b", "chapters/01-a", "chapters/notes", "solutions/03-c"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, folder), 0o777))
	}
	chapters, err := Chapters(root, Stubs)
	require.NoError(t, err)
	require.Len(t, chapters, 2)
	assert.Equal(t, Chapter{Root: root, Name: "01-a", Number: 1}, chapters[0])
	assert.Equal(t, "b", chapters[1].Subject())
	assert.Equal(t, "chapters/02-b/x.go", chapters[1].File("x.go"))
	solved, err := Chapters(root, Solutions)
	require.NoError(t, err)
	assert.Len(t, solved, 1)
	assert.Equal(t, 0, StepOf("TestStep99999999999999999999_X"))
}

func TestFailuresAreInTheOrderOfTheRun(t *testing.T) {
	r, err := ReadReport([]byte(`{"Action":"run","Test":"T"}{"Action":"run","Test":"T/z"}{"Action":"fail","Test":"T/z"}` +
		`{"Action":"run","Test":"T/a"}{"Action":"fail","Test":"T/a"}{"Action":"fail","Test":"T"}`))
	require.NoError(t, err)
	require.Len(t, r.Failures("T"), 2)
	assert.Equal(t, "T/z", r.Failures("T")[0].Test)

	r, err = ReadReport([]byte(`{"ImportPath":"x","Action":"build-output","Output":"a.go:1: no\n"}{"Action":"fail","FailedBuild":"x"}`))
	require.NoError(t, err)
	assert.Equal(t, "a.go:1: no\n", r.Build)
	assert.Empty(t, r.All)
}

// TestEveryStepSaysSomethingAfterwards reads what every lesson says to who has done a step.
func TestEveryStepSaysSomethingAfterwards(t *testing.T) {
	chapters, err := Chapters(filepath.Join("..", ".."), Stubs)
	require.NoError(t, err)
	for _, c := range chapters {
		for _, c.Edition = range Editions {
			lesson, err := c.Lesson()
			require.NoError(t, err)
			for _, s := range lesson.Steps {
				name := c.Name + ", " + s.Heading
				after := s.Afterwards()
				assert.NotEmpty(t, after.Says, name)
				assert.Regexp(t, "go (run|test) ", after.See, "%s: the step needs its **See it**, with a command", name)
				for _, q := range after.Questions {
					assert.NotEmpty(t, q.Asks, name)
					assert.NotEmpty(t, q.Answer, name)
					assert.NotContains(t, s.Reading(false), q.Answer, name)
					assert.Contains(t, s.Reading(true), q.Answer, name)
				}
				for _, text := range []string{after.Says, after.See, s.Reading(false), s.Reading(true)} {
					assert.NotRegexp(t, "<details>|<summary>|```mermaid", text, name)
				}
			}
		}
	}
}
