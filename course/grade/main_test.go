package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/class"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Init()
	os.Exit(m.Run())
}

// grade calls grade with arguments.
func grade(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := command()
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(args)
	err := c.ExecuteContext(context.Background())
	return out.String(), err
}

var began, _ = os.Getwd()

// root is the workbook's folder, wherever the test has gone.
func root(t *testing.T) string {
	t.Helper()
	w, err := place.Find(began)
	require.NoError(t, err)
	return w.Root
}

var gradeCommand = regexp.MustCompile("(?m)(?:^|`)go run \\./grade ([^`\n]+?)(?:`|$)")

// TestREADMECommands runs each command that the READMEs name, in their order, for a class
// of four. They are taken from the text, so that none can be added that is not tried.
func TestREADMECommands(t *testing.T) {
	if testing.Short() {
		t.Skip("it grades a class")
	}
	if _, err := sandbox.Find(""); err != nil {
		t.Skip("no sandbox works here: ", err)
	}
	workbook := root(t)
	var commands []string
	for _, name := range []string{"README.md", "README.ko.md", "course/README.md"} {
		text, err := os.ReadFile(filepath.Join(workbook, filepath.FromSlash(name)))
		require.NoError(t, err)
		for _, m := range gradeCommand.FindAllStringSubmatch(string(text), -1) {
			commands = append(commands, m[1])
		}
	}
	require.GreaterOrEqual(t, len(commands), 15)
	w, err := place.Find(workbook)
	require.NoError(t, err)
	c, err := w.Chapter("3")
	require.NoError(t, err)
	students, err := class.Make(c, 7, 4)
	require.NoError(t, err)
	folder := t.TempDir()
	t.Chdir(folder)
	require.NoError(t, class.Write(folder, c, students))
	require.NoError(t, os.WriteFile("canvas.csv", []byte("Student,ID,SIS User ID,Section,Chapter 3 (7)\n    Points Possible,,,,100\nSomebody,1,s1001,A,\n"), 0o666))
	seen := make(map[string]bool)
	for _, line := range commands {
		if seen[line] || strings.HasPrefix(line, "selftest") { // which has a test of its own
			continue
		}
		seen[line] = true
		args := words(line)
		if args[0] == "similar" {
			if _, err := exec.LookPath("sim_c"); err != nil {
				continue // it is Debian's, and may not be there
			}
		}
		if args[0] == "class" {
			args = append(args, "--size", "3")
		}
		if args[0] == "diff" {
			for _, f := range args[1:] {
				if _, err := os.Stat(f); err != nil {
					require.NoError(t, os.CopyFS(f, os.DirFS("out")))
				}
			}
		}
		out, err := grade(t, append(args, "--workbook", workbook)...)
		assert.NoError(t, err, "%s\n%s", line, out)
		assert.NotEmpty(t, out, line)
		if i := slices.Index(args, "-o"); i > 0 {
			_, err := os.Stat(args[i+1])
			assert.NoError(t, err, line)
		}
	}
	filled, err := os.ReadFile("import.csv")
	require.NoError(t, err)
	r, err := result.Load(filepath.Join("out", "s1001"))
	require.NoError(t, err)
	assert.Equal(t, result.OK, r.Status)
	assert.Regexp(t, `s1001,A,[0-9.]+\n`, string(filled))
	assert.FileExists(t, "out/report.html")
	assert.FileExists(t, "out/s1001/feedback.html")
}

// words cuts a command at its spaces, but for those between quotes.
func words(line string) (all []string) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

func TestHelpTellsWhatThereIs(t *testing.T) {
	out, err := grade(t, "help")
	require.NoError(t, err)
	for _, name := range []string{"handout", "run", "report", "export", "diff", "selftest", "workshop", "image", "similar", "class"} {
		assert.Contains(t, out, "\n  "+name)
		long, err := grade(t, name, "--help")
		require.NoError(t, err)
		assert.Contains(t, long, "grade "+name)
		for line := range strings.Lines(long) {
			assert.LessOrEqual(t, len([]rune(line)), 121, line)
		}
	}
}

func TestWhatIsWrongIsSaidInALine(t *testing.T) {
	t.Chdir(t.TempDir())
	workbook := "--workbook=" + root(t)
	require.NoError(t, os.WriteFile("bad.toml", []byte("sed = 1\n"), 0o666))
	require.NoError(t, os.WriteFile("bad.csv", []byte("name\n"), 0o666))
	require.NoError(t, os.MkdirAll("empty/deep", 0o777))
	for want, args := range map[string][]string{
		"there is no chapter":          {"handout", "9", workbook},
		"there is no image for":        {"image", "5", "--for", "paper", workbook},
		"there is no sandbox \"no":     {"image", "5", "--for", "autolab", "--sandbox", "no", workbook},
		"is not empty":                 {"image", "5", "--for", "autolab", "-o", "empty", workbook},
		"there is no workbook here":    {"handout", "3"},
		"there is no such setting":     {"run", "3", "empty", "--course", "bad.toml", workbook},
		"no column is called id":       {"run", "3", "empty", "--roster", "bad.csv", workbook},
		"no such file":                 {"run", "3", "nowhere", workbook},
		"--roster: stat rooster.csv":   {"run", "3", "empty", "--roster", "rooster.csv", workbook},
		"--course: stat curse.toml":    {"run", "3", "empty", "--course", "curse.toml", workbook},
		"there is no sandbox":          {"run", "3", "empty", "--sandbox", "trust", workbook},
		"there are no results":         {"report", "empty"},
		"there is no format":           {"export", "empty", "--format", "paper", "-o", "x"},
		"where to?":                    {"export", "empty"},
		"accepts 2 arg":                {"diff", "empty"},
		"unknown command":              {"fly"},
		"requires at least 2 arg":      {"run", "3"},
		"the solution of chapter 2 is": {"handout", "3", "--course", "later.toml", workbook},
	} {
		require.NoError(t, os.WriteFile("later.toml", []byte("[chapters.2]\nrelease = "+time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+"\n"), 0o666))
		_, err := grade(t, args...)
		assert.ErrorContains(t, err, want, "%q", args)
	}
}
