package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/booktest"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
)

// console is a terminal that a command runs in.
type console struct {
	t        *testing.T
	keyboard *os.File      // what is written here is typed, and what is read here is shown
	terminal *os.File      // what the command reads and writes
	changed  chan struct{} // there is more to see
	over     chan error    // the command has ended
	read     chan struct{} // closed when nobody is left who could write

	mu     sync.Mutex
	output strings.Builder
}

// run starts a command.
func (c *console) run(command *exec.Cmd) {
	c.t.Helper()
	c.changed, c.over, c.read = make(chan struct{}, 1), make(chan error, 1), make(chan struct{})
	command.Stdin, command.Stdout, command.Stderr = c.terminal, c.terminal, c.terminal
	c.attach(command)
	require.NoError(c.t, command.Start())
	go c.gather()
	ended := make(chan struct{})
	go func() {
		c.over <- command.Wait()
		close(ended)
	}()
	c.t.Cleanup(func() {
		command.Process.Kill() // as a rule it has ended
		<-ended
		c.close()
		c.keyboard.Close()
	})
}

// close takes the command's end away, and waits for the last that it wrote.
func (c *console) close() {
	c.terminal.Close()
	<-c.read
}

// gather reads what is shown.
func (c *console) gather() {
	defer close(c.read)
	chunk := make([]byte, 1<<16)
	for {
		n, err := c.keyboard.Read(chunk)
		c.mu.Lock()
		c.output.Write(chunk[:n])
		c.mu.Unlock()
		select {
		case c.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// press types.
func (c *console) press(keys string) {
	c.t.Helper()
	_, err := c.keyboard.WriteString(keys)
	require.NoError(c.t, err)
}

// text returns everything that was shown.
func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.String()
}

// page returns the page that was drawn last and is complete, as somebody sees it.
func (c *console) page() string {
	text := c.text()
	text = text[:strings.LastIndex(text, terminal.ClearBelow)+1]
	if i := strings.LastIndex(text, terminal.Home); i >= 0 {
		text = text[i:]
	}
	return seen(text)
}

// patience is how long a test waits for what must come. On a machine that has time
// it comes in a second.
const patience = 2 * time.Minute

// sees waits for a page with all of these texts on it, and returns it.
func (c *console) sees(want ...string) string {
	c.t.Helper()
	return c.shows(want, func(page string) bool {
		return !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(page, w) })
	})
}

// fills waits for a page of that many lines.
func (c *console) fills(height int) {
	c.t.Helper()
	c.shows(height, func(page string) bool { return strings.Count(page, "\n")+1 == height })
}

// shows waits for a page that is right, and returns it; want describes it.
func (c *console) shows(want any, right func(page string) bool) string {
	c.t.Helper()
	late := time.After(patience)
	for {
		page := c.page()
		if right(page) {
			return page
		}
		select {
		case <-c.changed:
		case err := <-c.over:
			require.Fail(c.t, "lab has ended", "%v; want %v on the screen:\n%s", err, want, page)
		case <-late:
			require.Fail(c.t, "it does not come", "want %v on the screen:\n%s", want, page)
		}
	}
}

// ends waits for the command's end, and returns what it ended with.
func (c *console) ends() error {
	c.t.Helper()
	select {
	case err := <-c.over:
		return err
	case <-time.After(patience):
		require.Fail(c.t, "lab does not end", "on the screen:\n%s", c.page())
		return nil
	}
}

// seen returns what a text looks like on a screen, where a line that is written over
// is gone.
func seen(text string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i := strings.LastIndex(line, "\r"+terminal.ClearLine); i >= 0 {
			line = line[i:]
		}
		line = strings.ReplaceAll(layout.WithoutEscapes(line), "\r", "")
		lines = append(lines, strings.TrimRight(line, " \x1b"))
	}
	return strings.Join(lines, "\n")
}

// commandVariable has this test program be lab.
const commandVariable = "TCPWORKBOOK_TEST_IS_LAB"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// TestWatchInATerminal keeps lab watch open in a terminal while the small workbook
// is worked on: keys, saves, another size, and the terminal as it was at the end.
func TestWatchInATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles chapters")
	}
	booktest.Enter(t)
	c := openConsole(t)
	if c == nil {
		t.Skip("here is no pseudo-terminal that this test can open")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	command := exec.Command(self, "watch")
	command.Env = append(os.Environ(), commandVariable+"=1", "TERM=xterm", "LC_ALL=C", "NO_COLOR=")
	c.run(command)

	page := c.sees("Step 1.1: Say hello", "waiting for you to save a file", "h hint · l ladder · s show · n p steps · q quit")
	assert.Equal(t, 40, strings.Count(page, "\n")+1, "the page fills the screen:\n%s", page)
	for line := range strings.Lines(page) {
		assert.LessOrEqual(t, layout.Width(strings.TrimSuffix(line, "\n")), layout.Columns, line)
	}
	assert.Contains(t, c.text(), terminal.AlternateScreen)
	assert.Contains(t, c.text(), "\x1b[1;36m", "in colour")
	assert.False(t, c.cooked(), "each key comes at once")

	c.press("h")
	c.sees("Hint 1 of 2", "any other key back")
	c.press("h")
	c.sees("Hint 2 of 2")
	c.press("\x1b[A") // an arrow
	c.sees("TestStep1_Word", "stuck? press h")
	c.press("l")
	c.sees("✗ 0.000s  SILENT", "any key back")
	c.press("l")
	c.sees("stuck? press h")
	c.press("n")
	c.sees("Step 1.2: Name somebody, twice")
	c.press("p")
	c.sees("Step 1.1: Say hello")
	c.press("p")
	c.sees("Step 2.2: Count on")
	c.press("\r")
	c.sees("Step 1.1: Say hello")

	booktest.Replace(t, booktest.Greeting, `return ""`, `return "hello"`)
	after := c.sees("step 2 of 3", "done: 1.1", "Done: Step 1.1: Say hello", "To think about", "a answer")
	assert.NotContains(t, after, "Who comes later.")
	c.press("a")
	c.sees("Who comes later.", "See it", `git commit -am "step 1.1"`, "next   Step 1.2: Name somebody, twice")
	c.press("\r")
	c.sees("TestStep2_Name", "stuck? press h")
	booktest.Replace(t, booktest.Greeting, `return "hello"`, `return "hallo"`)
	c.sees("Step 1.1: Say hello", "no longer done: 1.1", "It was done before: what you wrote for step 1.2 has broken it.")
	booktest.Replace(t, booktest.Greeting, `return "hallo"`, `return "hello"`)
	c.sees("TestStep2_Name", "done: 1.1")
	booktest.Replace(t, booktest.Greeting, `return "hello"`, `return hello`)
	c.sees("Chapter 1 does not compile", "undefined: hello")
	booktest.Solve(t, "01-greeting", "greeting.go")
	c.sees("▸ 2  counting", "Step 2.1: Count one", "done: 1.2, 1.3")

	for _, height := range []uint16{20, 30} { // the second when nothing else changes any more
		c.resize(60, height)
		c.fills(int(height))
	}

	c.press("q")
	require.NoError(t, c.ends())
	assert.True(t, c.cooked(), "the terminal is as it was")
	c.close()
	during, after, left := strings.Cut(c.text(), terminal.NormalScreen)
	assert.True(t, left, "and so is what was on it")
	assert.Equal(t, strings.Count(during, "\n"), strings.Count(during, "\r\n"), "a terminal that gives each key does not return by itself")
	assert.Contains(t, seen(after), "Step 2.1: Count one", "with the last page below")
}
