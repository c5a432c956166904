package show

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
)

func TestParse(t *testing.T) {
	f, err := parse(strings.Fields("3.6 --no-open --port 81"))
	require.NoError(t, err)
	assert.Equal(t, flags{what: "3.6", noOpen: true, port: 81}, *f)
	for args, says := range map[string]string{"1.1 1.2": "nothing to do", "--port 70000": "no port", "--fly": "not defined"} {
		_, err := parse(strings.Fields(args))
		assert.ErrorContains(t, err, says, args)
	}
	_, err = parse([]string{"-h"})
	assert.ErrorIs(t, err, flag.ErrHelp)
}

// The small workbook's tests have no conversations.
func TestNothingToShow(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs chapters' tests")
	}
	booktest.Enter(t)
	run := func(args ...string) (exit int, out string) {
		var b bytes.Buffer
		exit = Run(t.Context(), &terminal.Terminal{Out: &b, Err: &b}, args)
		return exit, b.String()
	}
	exit, out := run("TestStep1_Word")
	assert.Equal(t, terminal.ExitOK, exit)
	assert.Contains(t, out, "TestStep1_Word fails, but it has no conversation to show.")
	assert.Contains(t, out, "it is polite to greet", "so it says what it has to say")

	exit, out = run("TestStep1_Wort")
	assert.Equal(t, terminal.ExitUsage, exit)
	assert.Contains(t, out, "no step has a test")

	booktest.Solve(t, "01-greeting", "greeting.go")
	_, out = run("1.1")
	assert.Contains(t, out, "Step 1.1 is done: none of its tests fails.")
	_, out = run("TestStep1_Word")
	assert.Contains(t, out, "TestStep1_Word passes")

	booktest.Replace(t, booktest.Greeting, `return "hello"`, `retrun "hello"`)
	exit, out = run("1.1")
	assert.Equal(t, terminal.ExitOK, exit)
	assert.Contains(t, out, "Chapter 1 does not compile")
}

// A test that leaves a recording has it shown: here one that writes it by itself.
func TestRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs chapters' tests")
	}
	booktest.Enter(t)
	line, err := json.Marshal(story.Recording{Test: "TestStep1_Word", Play: &story.Play{OK: true}, Failure: story.Failure{Wanted: []string{"more"}}})
	require.NoError(t, err)
	booktest.Write(t, "chapters/01-greeting/main_test.go", "package greeting\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\n"+
		"func TestMain(m *testing.M) {\n\tos.WriteFile(os.Getenv(\""+workbook.RecordVariable+"\"), []byte(`"+string(line)+"\n{\"cut`), 0o666)\n\tos.Exit(m.Run())\n}\n")
	b, err := book.Open(workbook.English)
	require.NoError(t, err)
	s, test, err := find(b, "1.1")
	require.NoError(t, err)
	assert.Empty(t, test)
	r, instead, err := Record(t.Context(), &terminal.Terminal{Out: &bytes.Buffer{}}, b, s, "")
	require.NoError(t, err)
	require.NotNil(t, r, instead)
	assert.Equal(t, []string{"more"}, r.Failure.Wanted)

	place := filepath.Join(t.TempDir(), "page.html")
	var out bytes.Buffer
	assert.Equal(t, terminal.ExitOK, Run(t.Context(), &terminal.Terminal{Out: &out, Err: &out}, []string{"--export", place}), "what one is at")
	text, err := os.ReadFile(place)
	require.NoError(t, err, out.String())
	assert.Contains(t, string(text), `"recording":{"test":"TestStep1_Word"`)
}
