package proof

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

const said = `=== RUN   TestStep2_Name
    open_test.go:41: step 2.2: a SYN fills one sequence number, so the ACK is irs+1
        so far:        you                         peer
        likely: you acknowledged the SYN's own number; acknowledge
                the *next* one expected.
        read:   chapters/02-handshake/README.md, step 2 · RFC 9293 §3.4
--- FAIL: TestStep2_Name (0.00s)
`

func TestJudgeStub(t *testing.T) {
	c, test := Chapter{workbook.Chapter{Number: 2}}, workbook.Test{Name: "TestStep2_Name", Step: 2}
	judge := func(o workbook.Outcome, output string) string {
		events, err := json.Marshal(map[string]string{"Action": "output", "Test": test.Name, "Output": output})
		require.NoError(t, err)
		read, err := workbook.ReadReport(events)
		require.NoError(t, err)
		read.Outcomes[test.Name] = o
		return strings.Join(Report{read}.JudgeStub(c, test), "\n")
	}
	assert.Empty(t, judge(workbook.Failed, said))
	assert.Contains(t, judge(workbook.Passed, said), "where it is to fail: pass")
	assert.Contains(t, judge(workbook.Skipped, said), "where it is to fail: skip")
	assert.Contains(t, judge(workbook.Missing, said), "did not run")
	assert.Contains(t, judge(workbook.Failed, strings.Replace(said, "2.2", "2.3", 1)), `step "2.3", not "2.2"`)
	assert.Contains(t, judge(workbook.Failed, strings.NewReplacer("likely:", "", "read:", "").Replace(said)), "neither")
	assert.Contains(t, judge(workbook.Failed, said+strings.Repeat("        more\n", 19)), "takes 25 lines")
	assert.NotContains(t, judge(workbook.Failed, said+strings.Repeat("        more\n", 18)), "lines")
	assert.Contains(t, judge(workbook.Failed, said+"panic: no\n"), "no assertion: panic: no")
}

func TestJudgeMistake(t *testing.T) {
	m := Mistake{Test: "TestStep2_Name", Says: "acknowledge the *next* one expected"}
	judge := func(output string) string {
		events, err := json.Marshal(map[string]string{"Action": "output", "Test": m.Test, "Output": output})
		require.NoError(t, err)
		read, err := workbook.ReadReport(events)
		require.NoError(t, err)
		read.Outcomes[m.Test] = workbook.Failed
		return Report{read}.JudgeMistake(m)
	}
	assert.Empty(t, judge(said))
	assert.Contains(t, judge(strings.Replace(said, "acknowledge\n", "x\n", 1)), "does not say")
	frame := strings.Replace(said, "        so far", "        upon Arrive at open_test.go:40\n        so far", 1)
	assert.Contains(t, judge(frame), "fails only by a frame")
}

func TestWriteTable(t *testing.T) {
	row := &Row{Chapter: "02-handshake", Steps: 7, Tests: 24}
	row.Add(MistakesCaught, true)
	row.Add(MistakesCaught, false)
	row.Note(StubFails, "edited")
	row.Add(VariantsPass, true)
	row.Of(VariantsPass, 9)
	lines := strings.Split(WriteTable([]*Row{row}), "\n")
	assert.Contains(t, lines[0], "mistakes caught")
	assert.Equal(t, []string{"02-handshake", "7", "24", "-", "edited", "1/2", "-", "-", "1/1", "of", "9"}, strings.Fields(lines[1]))
}
