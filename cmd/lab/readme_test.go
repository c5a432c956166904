package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// Every lab command that the README names is run, in a clone of the workbook, and
// does what it is there for. The commands are taken from the text, so that none can be
// added that is not tried. With -evening, like TestEvening.
func TestREADMECommands(t *testing.T) {
	if !*evening {
		t.Skip("with the evening: go test ./cmd/lab -run TestREADME -evening")
	}
	l := newLearner(t)
	var commands []string
	for _, file := range []string{"README.md", "README.ko.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		require.NoError(t, err)
		commands = append(commands, labCommands(string(text))...)
	}
	slices.Sort(commands)
	commands = slices.Compact(commands)
	require.GreaterOrEqual(t, len(commands), 12, "commands in the README: %q", commands)
	for _, command := range commands {
		t.Run(command, func(t *testing.T) { l.promised(t, command) })
	}
}

var labCommand = regexp.MustCompile("(?m)(?:^|`)((?:sudo )?(?:go run \\./cmd/lab|go tool lab|lab)(?: [^`\n]*)?)(?:`|$)")

// labCommands returns the commands in a text that run lab, each as its arguments.
func labCommands(text string) []string {
	var commands []string
	for _, m := range labCommand.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[1])
		lab := slices.IndexFunc(words, func(w string) bool { return w == "lab" || w == "./cmd/lab" })
		commands = append(commands, strings.Join(words[lab+1:], " "))
	}
	return commands
}

// promised runs lab with the arguments, and looks whether it went well.
func (l *learner) promised(t *testing.T, line string) {
	args := strings.Fields(line)
	if slices.Contains(args, "--real") && (runtime.GOOS != "linux" || os.Geteuid() != 0 || !exists("/dev/net/tun")) {
		t.Skip("a TUN device needs Linux, root and /dev/net/tun")
	}
	if len(args) > 0 && args[0] == "show" {
		args = append(args, "--export", "shown.html") // and no browser
	}
	command := exec.Command(l.command, args...)
	command.Dir = l.root
	if len(args) > 0 && goesOn(args) {
		l.interrupted(t, command)
		return
	}
	out, err := command.CombinedOutput()
	if len(args) > 0 && args[0] == "check" && command.ProcessState.ExitCode() == 1 {
		err = nil // here no step is done, and it says so
	}
	require.NoError(t, err, "lab %s\n%s", line, out)
	require.NotEmpty(t, out)
	for i, arg := range args {
		if arg == "--pcap" || arg == "--svg" {
			require.FileExists(t, filepath.Join(l.root, args[i+1]))
		}
	}
}

// goesOn reports whether a command goes on until Ctrl-C.
func goesOn(args []string) bool {
	switch args[0] {
	case "serve", "watch":
		return true
	case "play", "show":
		return !slices.Contains(args, "--export")
	}
	return false
}

// interrupted waits until a command that goes on until Ctrl-C has said something, and
// presses Ctrl-C.
func (l *learner) interrupted(t *testing.T, command *exec.Cmd) {
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	late := time.AfterFunc(4*time.Minute, func() { command.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan(), "it says something")
	waits := func(line string) bool {
		return strings.Contains(line, "Ctrl-C") || strings.Contains(line, "stuck?") || strings.Contains(line, "waiting for")
	}
	for lines.Scan() && !waits(lines.Text()) {
	}
	require.NoError(t, command.Process.Signal(os.Interrupt))
	for lines.Scan() { // what it still says
	}
	require.NoError(t, command.Wait())
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func TestLabCommandsAreFound(t *testing.T) {
	text := "Run\n\n```\ngo run ./cmd/lab\n```\n\nor `go tool lab`, `lab start 04`, | `sudo go run ./cmd/lab serve --real` | a lab assignment, `lab`.\n"
	require.Equal(t, []string{"", "", "start 04", "serve --real", ""}, labCommands(text))
}

// The screen of lab's page in each README is the one that an untouched clone shows.
func TestREADMEScreen(t *testing.T) {
	if !*evening {
		t.Skip("with the evening: go test ./cmd/lab -run TestREADME -evening")
	}
	l := newLearner(t)
	for _, e := range workbook.Editions {
		command := exec.Command(l.command)
		command.Dir = l.root
		command.Env = append(os.Environ(), "LC_ALL="+e.Name()+".UTF-8")
		page, err := command.Output()
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join("..", "..", e.Readme()))
		require.NoError(t, err)
		require.Contains(t, string(text), "```\n"+strings.TrimSpace(string(page))+"\n```", "%s shows the page as it is", e.Readme())
	}
}

// The ladder in each README is the one that `lab trace` draws, but for times and ports.
func TestREADMELadder(t *testing.T) {
	number := regexp.MustCompile(`(?m)^ +\d+\.\d+s|(?:port|포트) \d{5}`)
	for _, e := range workbook.Editions {
		trace := call(t, false, "--lang", e.Name(), "trace").out
		_, trace, _ = strings.Cut(trace, "\n\n")
		drawn, _, _ := strings.Cut(trace, "\n\n")
		text, err := os.ReadFile(filepath.Join("..", "..", e.Readme()))
		require.NoError(t, err)
		want := "```\n" + number.ReplaceAllString(drawn, "#") + "\n```"
		require.True(t, strings.Contains(number.ReplaceAllString(string(text), "#"), want), "%s is to show\n%s", e.Readme(), drawn)
	}
}
