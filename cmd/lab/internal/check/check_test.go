package check

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// tests are those of a chapter of two steps.
const tests = `package one

import "testing"

func TestStep1_First(t *testing.T) {
	if First() != 1 {
		t.Fatal("step 1.1: want 1")
	}
}

func TestStep1_Again(t *testing.T) { TestStep1_First(t) }

func TestStep2_Second(t *testing.T) {
	if Second() != 2 {
		t.Fatal("step 1.2: want 2")
	}
}
`

// chapter makes a chapter whose functions have these bodies.
func chapter(t *testing.T, first, second string) workbook.Chapter {
	t.Helper()
	root := t.TempDir()
	c := workbook.Chapter{Root: root, Name: "01-one", Number: 1}
	require.NoError(t, os.MkdirAll(c.StubFolder(), 0o777))
	write := func(file, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o666))
	}
	write("go.mod", "module fixture\n\ngo 1.25\n")
	write("chapters/01-one/step_test.go", tests)
	write("chapters/01-one/one.go", "package one\n\nimport \"os\"\n\nvar _ = os.Exit\n\nfunc First() int {\n\t"+first+
		"\n}\n\nfunc Second() int {\n\t// TODO(step 1.2): write two\n\t"+second+"\n}\n")
	return c
}

// What fails only where something varies is told after what fails without that.
func TestWhatVariesComesLast(t *testing.T) {
	t.Parallel()
	report, err := workbook.ReadReport([]byte(`{"Action":"run","Test":"TestStep1_First"}
{"Action":"pass","Test":"TestStep1_First"}
{"Action":"run","Test":"TestStep1_Again"}
{"Action":"fail","Test":"TestStep1_Again"}
{"Action":"run","Test":"TestStep1_First"}
{"Action":"fail","Test":"TestStep1_First"}
`))
	require.NoError(t, err)
	var told []string
	for _, f := range steps(chapter(t, "return 0", "return 0"), ran{report: report})[0].Failures {
		told = append(told, f.Test)
	}
	assert.Equal(t, []string{"TestStep1_Again", "TestStep1_First"}, told)
}

func TestChapterCountsWhatPasses(t *testing.T) {
	t.Parallel()
	r := Chapter(t.Context(), chapter(t, "return 1", "return 0"))
	require.True(t, r.Compiles())
	require.Len(t, r.Steps, 2)
	assert.True(t, r.Steps[0].Done())
	assert.Equal(t, 2, r.Steps[0].Passed)
	assert.False(t, r.Steps[1].Done())
	require.Len(t, r.Steps[1].Failures, 1)
	assert.Equal(t, "TestStep2_Second", r.Steps[1].Failures[0].Test)
	assert.Contains(t, r.Steps[1].Failures[0].Text, "step 1.2: want 2")
	assert.Equal(t, 1, r.Done())
	assert.Equal(t, 1, r.Next())
	assert.False(t, r.Complete())
	assert.Equal(t, []Place{{"chapters/01-one/one.go", 12, "Second", "write two."}}, r.Steps[1].Places(nil))
}

func TestChapterThatIsComplete(t *testing.T) {
	t.Parallel()
	r := Chapter(t.Context(), chapter(t, "return 1", "return 2"))
	assert.True(t, r.Complete())
	assert.Equal(t, -1, r.Next())
}

func TestChapterThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	r := Chapter(t.Context(), chapter(t, "return one", "return two"))
	assert.False(t, r.Compiles())
	assert.Equal(t, []Problem{
		{File: "chapters/01-one/one.go", Line: 8, Message: "undefined: one", Function: "First"},
		{File: "chapters/01-one/one.go", Line: 13, Message: "undefined: two", Function: "Second"},
	}, r.Errors)
	assert.Len(t, r.Steps, 2, "its steps are known all the same")
	assert.Equal(t, 0, r.Done())
}

func TestChapterThatImportsWhatThereIsNot(t *testing.T) {
	t.Parallel()
	c := chapter(t, "return 1", "return 2")
	file := filepath.Join(c.StubFolder(), "more.go")
	require.NoError(t, os.WriteFile(file, []byte("package one\n\nimport _ \"no/such/package\"\n"), 0o666))
	r := Chapter(t.Context(), c)
	require.NotEmpty(t, r.Errors)
	assert.Equal(t, "chapters/01-one/more.go", r.Errors[0].File)
	assert.Equal(t, 3, r.Errors[0].Line)
	assert.Contains(t, r.Errors[0].Message, "no/such/package")
}

func TestChapterWithTwoPackages(t *testing.T) {
	t.Parallel()
	c := chapter(t, "return 1", "return 2")
	require.NoError(t, os.WriteFile(filepath.Join(c.StubFolder(), "more.go"), []byte("package two\n"), 0o666))
	r := Chapter(t.Context(), c)
	assert.False(t, r.Compiles())
	require.NotEmpty(t, r.Errors)
	assert.Contains(t, r.Errors[0].Message, "found packages")
}

func TestChapterWithoutTests(t *testing.T) {
	t.Parallel()
	c := chapter(t, "return 1", "return 2")
	require.NoError(t, os.Remove(filepath.Join(c.StubFolder(), "step_test.go")))
	r := Chapter(t.Context(), c)
	assert.True(t, r.Compiles())
	assert.Empty(t, r.Steps)
	assert.False(t, r.Complete(), "nothing to do is nothing done")
}

// What ends the whole program costs the test that it happens in, and is told as
// what it is.
func TestChapterThatEndsTheProgram(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, says string }{
		{"a panic", `panic("no")`, "your code panicked: no\nat chapters/01-one/one.go:13"},
		{"an exit", "os.Exit(0); return 0", "your code ends the whole program: os.Exit(0)\nat chapters/01-one/one.go:13\nlikely: "},
		{"a failing exit", "os.Exit(3); return 0", "the program ended in the middle of this test"},
		{"a fatal error", "m := map[int]int{}; for range 8 { go func() { for { m[0]++ } }() }; select {}", "the program died: concurrent map"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := Chapter(t.Context(), chapter(t, "return 1", c.body))
			require.True(t, r.Compiles(), "%v %q", r.Errors, r.Broken)
			assert.True(t, r.Steps[0].Done(), "what ran before has passed")
			require.Len(t, r.Steps[1].Failures, 1)
			assert.Contains(t, r.Steps[1].Failures[0].Text, c.says)
			assert.LessOrEqual(t, strings.Count(r.Steps[1].Failures[0].Text, "\n"), 3)
		})
	}
}

// rewrite changes the chapter's tests.
func rewrite(t *testing.T, c workbook.Chapter, old, new string) {
	t.Helper()
	require.Contains(t, tests, old)
	text := strings.Replace(tests, old, new, 1)
	require.NoError(t, os.WriteFile(filepath.Join(c.StubFolder(), "step_test.go"), []byte(text), 0o666))
}

// A test that was skipped, or a part of which was, has shown nothing.
func TestASkippedTestHasNotPassed(t *testing.T) {
	t.Parallel()
	for name, skips := range map[string]string{
		"whole": `t.Skip("not today")`,
		"part":  `t.Run("a part", func(t *testing.T) { t.Skip("not today") })`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := chapter(t, "return 1", "return 2")
			rewrite(t, c, "if Second() != 2 {", skips+"\n\tif Second() != 2 {")
			r := Chapter(t.Context(), c)
			require.True(t, r.Compiles(), r.Broken)
			assert.True(t, r.Steps[0].Done())
			assert.False(t, r.Steps[1].Done())
			assert.Zero(t, r.Steps[1].Passed)
			require.Len(t, r.Steps[1].Failures, 1)
			assert.Equal(t, "TestStep2_Second", r.Steps[1].Failures[0].Test)
			assert.Regexp(t, `(?s)^the test was skipped, .*step_test\.go:\d+: not today`, r.Steps[1].Failures[0].Text)
			assert.False(t, r.Complete())
		})
	}
}

// What ends a program that no test is to blame for is not success.
func TestAProgramThatEndsBesideItsTestsHasNotPassed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ main, says string }{
		"before the first":  {"func init() { os.Exit(0) }", "its tests ended before the first began"},
		"after the last":    {"func TestMain(m *testing.M) { m.Run(); os.Exit(3) }", "its tests ended with a failure that is none of theirs"},
		"and it says why":   {`func TestMain(m *testing.M) { m.Run(); println("the end"); os.Exit(3) }`, "the end"},
		"and what died":     {`func init() { println("your code calls itself without end"); println("read: more"); os.Exit(3) }`, "your code calls itself without end"},
		"and it is no bell": {`func TestMain(m *testing.M) { m.Run(); println("the end\a"); os.Exit(3) }`, `the end\a`},
		"with all forgiven": {"func TestMain(m *testing.M) { m.Run(); os.Exit(0) }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			complete := chapter(t, "return 1", "return 2")
			rewrite(t, complete, "import \"testing\"\n", "import (\n\t\"os\"\n\t\"testing\"\n)\n\n"+c.main+"\n")
			r := Chapter(t.Context(), complete)
			assert.Empty(t, r.Errors)
			assert.Equal(t, c.says, r.Broken)
			assert.Equal(t, c.says == "", r.Complete())
		})
	}
}

func TestChapterThatHangs(t *testing.T) {
	before := patience
	patience = 2 * time.Second
	t.Cleanup(func() { patience = before })

	r := Chapter(t.Context(), chapter(t, "return 1", "select {}")) // it takes no processor, as a loop would
	require.True(t, r.Compiles(), r.Broken)
	assert.True(t, r.Hasty)
	assert.True(t, r.Steps[0].Done())
	require.Len(t, r.Steps[1].Failures, 1)
	assert.Contains(t, r.Steps[1].Failures[0].Text, "endless loop")
}

func TestCauseOfEnd(t *testing.T) {
	t.Parallel()
	const trace = "goroutine 7 [running]:\nfixture/chapters/01-one.Second(...)\n\t/home/me/chapters/01-one/one.go:13 +0x1d\n"
	for output, want := range map[string]string{
		"":                          "",
		"--- FAIL: no panic here\n": "",
		"fatal error: stack overflow\n\n" + trace:                        "your code calls itself without end\nat chapters/01-one/one.go:13",
		"panic: test timed out after 2m0s\n\n" + trace:                   "the test had not come to its end when its time was up\nat chapters/01-one/one.go:13\nlikely: an endless loop, or waiting for what never comes.",
		"x\npanic: no [recovered, repanicked]\n":                         "your code panicked: no",
		"panic: \x1b[2J\x16--- PASS: X\n":                                `your code panicked: \x1b[2J\x16--- PASS: X`,
		"panic: in a test\n\t/me/chapters/01-one/x_test.go:4\n":          "your code panicked: in a test",
		"panic: no\n\n" + strings.Replace(trace, "/me/", "/my work/", 1): "your code panicked: no\nat chapters/01-one/one.go:13",
		"so far panic: no\n\n" + trace:                                   "your code panicked: no\nat chapters/01-one/one.go:13",
		"want no error, got panic: no\n":                                 "",
	} {
		assert.Equal(t, want, CauseOfEnd(output))
	}
}

func TestChapterThatIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Chapter(ctx, chapter(t, "return 1", "return 2"))
	assert.Equal(t, "interrupted", r.Broken)
}

func TestChaptersAreToldAsTheyCome(t *testing.T) {
	t.Parallel()
	all := []workbook.Chapter{chapter(t, "return 1", "return 2"), chapter(t, "return one", "return 2"), chapter(t, "return 1", "return 0")}
	told := 0
	results := Chapters(t.Context(), all, func(Result) { told++ })
	assert.Equal(t, 3, told)
	for i, r := range results {
		assert.Equal(t, all[i], r.Chapter, "the results are in the order of the chapters")
	}
	assert.True(t, results[0].Complete())
	assert.False(t, results[1].Compiles(), "what does not compile costs the others nothing")
	assert.Equal(t, 1, results[2].Done())
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	c := chapter(t, "return 1", "return 2")
	untouched := []workbook.Function{
		{Name: "First", File: "one.go", Markers: []workbook.Marker{{Chapter: 1, Step: 1}, {Chapter: 1, Step: 2}}},
		{Name: "Second", File: "one.go", Markers: []workbook.Marker{{Chapter: 1, Step: 2}}},
	}
	step := func(n int) Step { return Step{Chapter: c, Step: workbook.Step{Number: n}} }
	assert.Equal(t, []Place{{"chapters/01-one/one.go", 7, "First", ""}}, step(1).Places(untouched), "its TODO is gone")
	assert.Equal(t, []Place{
		{"chapters/01-one/one.go", 12, "Second", "write two."},
		{"chapters/01-one/one.go", 7, "First", ""},
	}, step(2).Places(untouched), "where there is a TODO comes first")
	assert.Empty(t, step(3).Places(untouched))
	assert.Equal(t, []int{1, 2}, StepsOf("First", untouched))
	assert.Empty(t, StepsOf("Third", untouched))

	require.NoError(t, os.WriteFile(filepath.Join(c.StubFolder(), "one.go"), []byte("no Go"), 0o666))
	assert.Equal(t, "First", step(1).Places(untouched)[0].Function, "at least where it was")
}
