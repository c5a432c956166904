package mutate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// changed returns what stands in the line of each mutant of a function with one line.
func changed(t *testing.T, line string) []string {
	t.Helper()
	text := "package p\n\nimport \"time\"\n\nfunc f(n [2]int) bool {\n\t" + line + "\n}\n"
	mutants, err := File("p.go", text)
	require.NoError(t, err)
	var all []string
	for _, m := range mutants {
		lines := strings.Split(m.Text, "\n")
		require.Len(t, lines, strings.Count(text, "\n")+1, "every line stands where it stood")
		assert.Equal(t, 6, m.Line)
		all = append(all, strings.TrimSpace(lines[5]))
	}
	return all
}

func TestMutantsOfALine(t *testing.T) {
	for line, want := range map[string][]string{
		"return a < 3":         {"", "return a <= 3", "return a < (3 + 1)"},
		"n--":                  {"", "n++"},
		"n := a &^ b":          {"n := a & b"},
		"return a && !b":       {"", "return a || !b", "return a", "return !b", "return a && b"},
		"if ok { x() }":        {"", "if !(ok) { x() }", "if ok {  }"},
		"if a == b { x() }":    {"", "if a != b { x() }", "if a == b {  }"},
		"switch { case a(): }": {"", "switch {  }", "switch { case !(a()): }"},
		"x(s.Less(t))":         {"", "x((s < t))", "x(s.LessEq(t))"},
		"x = s.Max(t)":         {"", "x = max(s, t)"},
		"x(f.Has(A|B))":        {"", "x(f.Any(A|B))", "x(f.Has(A&B))"},
		"x(f.Has(A))":          {""},
		"x(b.Snd.Una, true)":   {"", "x(b.Snd.Nxt, true)", "x(b.Snd.Una, false)"},
	} {
		assert.Equal(t, want, changed(t, line), line)
	}
}

func TestAStatementOfSeveralLinesLeavesThemEmpty(t *testing.T) {
	mutants, err := File("p.go", "package p\n\nfunc f() {\n\tx(1,\n\t\t2)\n}\n")
	require.NoError(t, err)
	assert.Equal(t, "package p\n\nfunc f() {\n\t\n\n}\n", mutants[0].Text)
	mutants, err = File("p.go", "package p\n\nfunc f() bool {\n\treturn a &&\n\t\tb\n}\n")
	require.NoError(t, err)
	assert.Equal(t, "package p\n\nfunc f() bool {\n\treturn (\na)\n}\n", mutants[2].Text)
	_, err = File("p.go", "package p\nfunc")
	assert.Error(t, err)
}
