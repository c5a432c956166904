package workbook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const said = `=== RUN   TestStep2_Name
    open_test.go:41: step 2.2: a SYN fills one sequence number, so the ACK is irs+1
        so far:        you                         peer
        likely: you acknowledged the SYN's own number; acknowledge
                the *next* one expected.
        read:   chapters/02-handshake/README.md, step 2 · RFC 9293 §3.4
--- FAIL: TestStep2_Name (0.00s)
`

func TestReadFailure(t *testing.T) {
	f := ReadFailure("TestStep2_Name", said)
	assert.Equal(t, 6, f.Lines)
	assert.Equal(t, "2.2", f.Step)
	assert.Equal(t, "you acknowledged the SYN's own number; acknowledge the *next* one expected.", f.Likely)
	assert.Equal(t, "chapters/02-handshake/README.md, step 2 · RFC 9293 §3.4", f.Read)
	assert.Empty(t, f.Trouble)

	again := strings.Replace(said, "        read:   chapters/02-handshake/README.md, step 2 · RFC 9293 §3.4\n", "    open_test.go:50: more\n", 1)
	assert.Equal(t, f.Likely, ReadFailure("", again).Likely, "what another call of t.Error says is not likely")
	assert.Equal(t, "it says nothing", ReadFailure("", "=== RUN   X\n--- FAIL: X (0.00s)\n").Trouble)
}

func TestTroubleIsNoAssertion(t *testing.T) {
	for _, line := range []string{
		"        your code panicked at open.go:12: no",
		"        your code had not returned after 3s; it is at open.go:12",
		"        your code waits at open.go:12 and does not return (chan receive)",
		"        your code does not return and takes ever more memory; it is at open.go:12",
		"        your code prints without end",
		"        your code calls itself without end",
		"        your code ends the whole program: os.Exit(0)",
		"        your code ended the whole program (exit status 2)",
		"        the program died: all goroutines are asleep - deadlock!",
		"panic: test timed out after 2m0s",
		"fatal error: stack overflow",
	} {
		assert.Equal(t, strings.TrimSpace(line), ReadFailure("", line+"\n").Trouble)
	}
	assert.Empty(t, ReadFailure("", "    a_test.go:1: your code sends a FIN too early\n").Trouble)
}

func TestReadReport(t *testing.T) {
	r, err := ReadReport([]byte(`{"Action":"run","Test":"A"}
{"Action":"output","Test":"A","Output":"=== RUN A\n"}
{"Action":"output","Test":"A/x","Output":"why\n"}
{"Action":"fail","Test":"A/x"}
{"Action":"fail","Test":"A"}
{"Action":"run","Test":"A"}
{"Action":"pass","Test":"A"}
{"Action":"run","Test":"AB"}
{"Action":"fail","Test":"AB"}
{"Action":"run","Test":"C"}
{"Action":"pass","Test":"C"}
{"Action":"run","Test":"C"}
{"Action":"fail"}
`))
	require.NoError(t, err)
	assert.Equal(t, Failed, r.Outcomes["A"], "one failure of many runs is a failure")
	assert.Equal(t, Missing, r.Outcomes["C"], "begun again, and not finished")
	assert.Equal(t, []string{"A", "AB"}, r.FailedTests())
	require.Len(t, r.Failures("A"), 1)
	assert.Equal(t, "why", r.Failures("A")[0].Text)
	_, err = ReadReport([]byte("no JSON"))
	assert.Error(t, err)
}

// What the code under test prints, before a message, in its middle or after it, is no part
// of it.
func TestWhatTheCodePrintsIsNoPartOfTheMessage(t *testing.T) {
	printed := "mine\n  \t4 of 5\n"
	said := strings.Replace(said, "    open_test.go", printed+"    open_test.go", 1) + "and this\n"
	f := ReadFailure("TestStep2_Name", said)
	assert.Equal(t, printed+"and this", f.Printed)
	assert.Equal(t, 6, f.Lines)
	assert.True(t, strings.HasPrefix(f.Text, "    open_test.go:41: step 2.2: "), f.Text)
	assert.Equal(t, "mine\npanic: no", ReadFailure("", "mine\npanic: no\n").Text, "where no message is a test's")
	assert.Equal(t, "mine\n", PrintedIn("=== RUN   A\nmine\n    a_test.go:3: logged\n        in two lines\n--- PASS: A (0.00s)\n"))
}

func TestWhatPassesAndThenFailsHasVaried(t *testing.T) {
	r, err := ReadReport([]byte(`{"Action":"run","Test":"TestA"}
{"Action":"pass","Test":"TestA"}
{"Action":"run","Test":"TestB"}
{"Action":"fail","Test":"TestB"}
{"Action":"run","Test":"TestC"}
{"Action":"pass","Test":"TestC"}
{"Action":"run","Test":"TestA"}
{"Action":"fail","Test":"TestA"}
`))
	require.NoError(t, err)
	assert.True(t, r.Varied("TestA"))
	assert.False(t, r.Varied("TestB"), "it has never passed")
	assert.False(t, r.Varied("TestC"), "it has not failed")
}

func TestWhatWasSkippedIsLeft(t *testing.T) {
	r, err := ReadReport([]byte(`{"Action":"run","Test":"TestA"}
{"Action":"run","Test":"TestA/b"}
{"Action":"skip","Test":"TestA/b"}
{"Action":"run","Test":"TestA/a"}
{"Action":"skip","Test":"TestA/a"}
{"Action":"pass","Test":"TestA"}
{"Action":"run","Test":"TestAB"}
{"Action":"pass","Test":"TestAB"}
{"Action":"run","Test":"TestC"}
{"Action":"skip","Test":"TestC"}
`))
	require.NoError(t, err)
	assert.Equal(t, []string{"TestA/a", "TestA/b"}, r.Left("TestA"))
	assert.Empty(t, r.Left("TestAB"))
	assert.Equal(t, []string{"TestC"}, r.Left("TestC"))
}
