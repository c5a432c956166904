// Package doctor finds out, in ten seconds, whether a machine has what the workbook takes,
// and says what to do where it has not.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab doctor finds out, in ten seconds, whether this machine has what the workbook
takes: Go, a folder that can be written to, tests that are built without a
network, a terminal that is wide enough. It says what to do where something is
missing.

  lab doctor

It exits with status 1 when something is missing.
`,
	Korean: `lab doctor는 이 컴퓨터에 워크북에 필요한 것이 갖춰졌는지 10초 안에 알아봅니다.
Go, 쓸 수 있는 폴더, 네트워크 없이 빌드되는 테스트, 터미널의 폭을 보고, 빠진
것이 있으면 무엇을 할지 알려 줍니다.

  lab doctor

빠진 것이 있으면 종료 코드 1로 끝납니다.
`,
}

// patience is how long the doctor waits for the toolchain. It takes ten seconds, more on a
// machine that does much else: that is no illness.
const patience = time.Minute

// finding is what the doctor has found out about one thing.
type finding struct {
	well   bool
	says   string
	advice string // what to do; "" when it is well
}

// Run is `lab doctor`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("doctor", help, args)
	if over {
		return exit
	}
	if len(args) > 0 {
		return t.Misused("lab doctor: want no arguments")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab doctor: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	well := true
	for _, look := range []func(context.Context, *terminal.Terminal, *book.Book) finding{goVersion, writable, offline, width} {
		f := look(ctx, t, b)
		well = well && f.well
		f.show(t)
	}
	if !well {
		return terminal.ExitFailed
	}
	t.Printf("\n%s\n", t.Styled("1;32", t.Say("All is well.")))
	return terminal.ExitOK
}

func (f finding) show(t *terminal.Terminal) {
	mark := t.Styled("32", "✓")
	if !f.well {
		mark = t.Styled("1;31", "✗")
	}
	lines := layout.Wrap(f.says, t.Width()-2)
	if f.advice != "" {
		lines = append(lines, layout.Wrap(f.advice, t.Width()-2)...)
	}
	for i, line := range lines {
		if i > 0 {
			mark = " "
		}
		t.Printf("%s %s\n", mark, line)
	}
}

var goLine = regexp.MustCompile(`(?m)^go ([0-9.]+)`)

// goVersion looks whether Go is as new as go.mod asks.
func goVersion(ctx context.Context, t *terminal.Terminal, b *book.Book) finding {
	command := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	command.Dir = b.Root
	out, err := command.CombinedOutput()
	if err != nil {
		return finding{false, t.Say("Go could not be asked for its version: %s", words(out, err)), t.Say("Install a newer one from https://go.dev/dl.")}
	}
	has := strings.TrimSpace(string(out))
	module, err := os.ReadFile(filepath.Join(b.Root, "go.mod"))
	m := goLine.FindSubmatch(module)
	if err != nil || m == nil {
		return finding{true, t.Say("Go is new enough: %s", has), ""}
	}
	if wants := "go" + string(m[1]); version.IsValid(has) && version.Compare(has, wants) < 0 {
		return finding{false, t.Say("Go is too old: %s, and %s is needed", has, wants), t.Say("Install a newer one from https://go.dev/dl.")}
	}
	return finding{true, t.Say("Go is new enough: %s", has), ""}
}

// writable looks whether a chapter's files can be saved.
func writable(_ context.Context, t *terminal.Terminal, b *book.Book) finding {
	for _, folder := range []string{b.Root, b.Chapters[0].StubFolder()} {
		f, err := os.CreateTemp(folder, ".doctor-*")
		if err != nil {
			return finding{false, t.Say("this folder cannot be written to: %s", err.Error()), t.Say("Copy the workbook to a folder of your own.")}
		}
		f.Close()
		os.Remove(f.Name())
	}
	return finding{true, t.Say("this folder can be written to"), ""}
}

// offline builds the tests of the chapter that the learner is at, and lets nobody use the
// network for it.
func offline(ctx context.Context, t *terminal.Terminal, b *book.Book) finding {
	began := time.Now()
	chapter := b.Order()[0]
	for _, c := range b.Order() {
		if tests, err := workbook.GoFiles(c.StubFolder(), true); err == nil && len(tests) > 0 {
			chapter = c
			break
		}
	}
	tests := "./" + workbook.Stubs + "/" + chapter.Name
	// What the tests need is there, or not, whatever the learner's own code looks like.
	out, err := withoutNetwork(ctx, b, "list", "-deps", "-test", tests)
	if err != nil && ctx.Err() == nil {
		return finding{false, t.Say("a chapter's tests are not built without a network: %s", words(out, err)), t.Say("Run \"go mod download\" once while there is a network.")}
	}
	program := filepath.Join(os.TempDir(), fmt.Sprintf("doctor-%d.test", os.Getpid()))
	defer os.Remove(program)
	withoutNetwork(ctx, b, "test", "-vet=off", "-c", "-o", program, tests) // it may fail: lab says why
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return finding{false, t.Say("a chapter's tests are still being built after %.0f s", time.Since(began).Seconds()), t.Say("The first time takes longest. Call this again.")}
	}
	return finding{true, t.Say("a chapter's tests are built without a network, in %.1f s", time.Since(began).Seconds()), ""}
}

// withoutNetwork runs the go command so that it downloads nothing.
func withoutNetwork(ctx context.Context, b *book.Book, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = b.Root
	command.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local")
	command.WaitDelay = time.Second
	return command.CombinedOutput()
}

// width looks whether ladders fit on the screen.
func width(_ context.Context, t *terminal.Terminal, _ *book.Book) finding {
	columns, _ := t.Size()
	if columns < layout.Columns {
		return finding{false, t.Say("the terminal is %d columns wide, and ladders take %d", columns, layout.Columns), t.Say("Make the window wider, or the letters smaller.")}
	}
	return finding{true, t.Say("the terminal is %d columns wide", columns), ""}
}

// words returns the first line of what a command said or, when it said nothing, the error.
func words(out []byte, err error) string {
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if first == "" {
		first = err.Error()
	}
	return layout.Shorten(first, 160)
}
