package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// altered returns a copy of the small workbook's chapter in which old, in the
// file of the stub's folder, is replaced.
func altered(t *testing.T, file, old, new string) Chapter {
	t.Helper()
	c, _ := greeting(t)
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS(c.Root)))
	c.Root = root
	path := filepath.Join(c.StubFolder(), file)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o666))
	return c
}

func TestTestsNameTheirStep(t *testing.T) {
	for _, name := range []string{"TestSYN", "TestStep_SYN", "TestStep0_SYN", "TestStep1SYN", "TestStep1_syn", "Test_SYN"} {
		_, err := altered(t, "greeting_test.go", "TestStep1_SYN", name).Tests()
		assert.ErrorContains(t, err, name+" is not called TestStepN_Name")
	}
	c := altered(t, "greeting_test.go", "package", "package")
	own := filepath.Join(c.StubFolder(), "my_test.go")
	require.NoError(t, os.WriteFile(own, []byte("package greeting\nfunc TestMine(t *testing.T) {}\n"), 0o666))
	tests, err := c.Tests()
	require.NoError(t, err)
	assert.Len(t, tests, 2, "a learner's own tests are not the chapter's")
}

func TestCompareDeclarations(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"package", "package", ""},
		{"two steps", "three steps", "greeting.go: package greeting: the stub has"},
		{"goes to SYN-SENT", "stays", "greeting.go: func (Chapter) Open: the stub has"},
		{"Timeout(b", "Timeout(tcb", "greeting.go: func (Chapter) Timeout: the stub has"},
		{"(Chapter) Open", "(*Chapter) Open", "func (*Chapter) Open(b"},
		{"iss tcp.Seq, now", "seq tcp.Seq, now", "func (Chapter) Open: the stub has"},
		{"// what is not", "// what was not", "greeting.go: type Chapter: the stub has"},
		{"stack.Handshake", "Handshake stack.Handshake", "greeting.go: type Chapter: the stub has"},
		{"// Timeout", "// More is new.\nconst More = 1\n\n// Timeout", "greeting.go: const More: only in the stub"},
		{") Timeout(", ") Expire(", "greeting.go: func (Chapter) Timeout: only in the solution"},
		{"// Timeout", "func after() {}\n\n// Timeout", "func after: unexported, and the stub has it too"},
		{"// Timeout", "func before() {}\n\n// Timeout", ""},
	} {
		different, err := altered(t, "greeting.go", test.old, test.new).CompareDeclarations()
		require.NoError(t, err)
		got := strings.Join(different, "\n")
		if test.want == "" {
			assert.Empty(t, got, test.new)
		} else {
			assert.Contains(t, got, test.want)
		}
	}
}

func TestEdited(t *testing.T) {
	c, _ := greeting(t)
	edited, err := c.Edited()
	require.NoError(t, err)
	assert.Empty(t, edited)
	for _, code := range []string{"b.State = tcp.SynSent", "panic(1)", "return tcp.Seq(1)", "return &x", "return true", "return T{1}"} {
		edited, err := altered(t, "greeting.go", "// TODO(step 1.1): send a SYN", code).Edited()
		require.NoError(t, err)
		assert.Equal(t, []string{"greeting.go: func (Chapter) Open"}, edited, code)
	}
	for _, code := range []string{"", "return", "return 0", `return ""`, "return false, nil", "return tcp.Segment{}"} {
		edited, err := altered(t, "greeting.go", "// TODO(step 1.1): send a SYN", code).Edited()
		require.NoError(t, err)
		assert.Empty(t, edited, code)
	}
}

func TestCheckMarkers(t *testing.T) {
	for _, test := range []struct {
		old, new string
		steps    int
		want     string
	}{
		{"package", "package", 2, ""},
		{"package", "package", 3, "step 1.3: no function of the stub has a TODO for it"},
		{"package", "package", 1, "func (Chapter) Open: there is no step 1.2"},
		{"step 1.1", "step 2.1", 2, "func (Chapter) Open: there is no step 2.1"},
		{"// TODO(step 1.2): nothing", "", 2, `func (Chapter) Timeout: its body has no "// TODO(step 1.N)`},
		{"// TODO(step 1.2): nothing", "// TODO(step 1.2):", 2, "func (Chapter) Timeout: its body has no"},
	} {
		last := []workbook.Test{
			{Name: "TestStepN_Last", Step: test.steps}, {Name: "TestStepN_Storm", Step: test.steps + 1},
		}
		wrong, err := altered(t, "greeting.go", test.old, test.new).CheckMarkers(last)
		require.NoError(t, err)
		if got := strings.Join(wrong, "\n"); test.want == "" {
			assert.Empty(t, got)
		} else {
			assert.Contains(t, got, test.want)
		}
	}
}

func TestLesson(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"# Greeting", "# Greeting", ""},
		{"## Step 2: Count it", "## Step 3: Count it", `"## Step 3" is the lesson's heading number 2`},
		{"## Step 2: Count it", "## Count it", "the lesson has 1 headings"},
		{"RFC 9293", "a paper", "step 1 has no section of an RFC"},
		{"**Write**", "Write", "step 1 has no **Write**"},
		{"**Check**", "Check", "step 1 has no **Check**"},
		{"Hint 1", "Hint", "step 1 has no <summary>Hint 1"},
		{"Hint 2", "Hint", "step 1 has no <summary>Hint 2"},
		{"Solution<", "Solved<", "step 1 has no <summary>Solution"},
		{"](../../solutions/", "](../", "step 1 has no <summary>Solution"},
		{"**After it passes**", "Then", "step 1 has no **After it passes**"},
		{"`TestStep1_SYN`", "`TestStep1_FIN`", "there is no test TestStep1_FIN"},
		{"`TestStep1_SYN`", "`TestStep1_A`, `…_B`, `…_C`", "step 1: its **Check** does not name TestStep1_SYN"},
		{"`TestStep1_SYN`", "`TestStep1_SYN`, `…_B`, `…_C`", "step 1: its **Check** names TestStep1_C, which does not exist"},
		{"-run TestStep1", "-run TestStep2", "step 1: no \"go test ./chapters/01-greeting -run …\" runs TestStep1_SYN"},
		{"-run TestStep1", "-run 'TestStep[12]'", `runs TestStep2_Numbers, of a later step`},
		{"-run TestStep1", "-run=TestStep1/x -v", ""},
		{"-run TestStep1", "", "runs TestStep1_SYN"},
		{"-run TestStep1", "-run Test(", "missing closing"},
		{"test ./chapters/01-greeting", "test ./chapters/01-hello", "there is no folder chapters/01-hello"},
		{"greeting.go)", "greetings.go#L10)", "there is no ../../solutions/01-greeting/greetings.go"},
		{"stateDiagram", "picture", `nowhere says "stateDiagram"`},
		{"deliberately not tested", "else", `nowhere says "Deliberately not tested"`},
		{"Going further", "Else", `nowhere says "Going further"`},
	} {
		c := altered(t, "README.md", test.old, test.new)
		tests, err := c.Tests()
		require.NoError(t, err)
		l, err := c.Lesson()
		require.NoError(t, err)
		var wrong []string
		for _, found := range [][]string{l.CheckSteps(tests), l.CheckParts(), l.CheckCommands(tests), l.CheckLinks(), l.CheckFrame()} {
			wrong = append(wrong, found...)
		}
		if got := strings.Join(wrong, "\n"); test.want == "" {
			assert.Empty(t, got, test.new)
		} else {
			assert.Contains(t, got, test.want)
		}
	}
	c, _ := greeting(t)
	l, err := c.Lesson()
	require.NoError(t, err)
	assert.Contains(t, l.CheckSteps([]workbook.Test{{Name: "TestStep2_Numbers", Step: 2}}), "no test belongs to step 1")
	besideTheStorm := l.CheckSteps([]workbook.Test{{Name: "TestStep2_Numbers", Step: 2}, {Name: "TestStep2_Storm", Step: 2}})
	assert.Contains(t, strings.Join(besideTheStorm, "\n"), "TestStep2_Numbers is in the last step, which is the storm's alone")
}
