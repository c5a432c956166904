package book

import (
	"bufio"
	"context"
	"os/exec"
	"runtime"
	"strings"

	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

// Compile compiles what the chapters' tests need besides the chapters, where that was not
// done before with this Go: its library takes a slow machine minutes. It says so before it
// begins, and how far it is. What does not compile is told when the tests are run.
func (b *Book) Compile(ctx context.Context, t *terminal.Terminal) {
	if !t.Escapes() || b.Progress.Compiled == runtime.Version() { // nobody would see it, or needs to
		return
	}
	t.Passing(t.Say("the first time, Go compiles its library: a minute or three …"))
	defer t.Passing("")
	stale := b.stale(ctx)
	if len(stale) > 0 && b.compile(ctx, t, stale) != nil {
		return
	}
	if ctx.Err() == nil {
		b.Progress.Compiled = runtime.Version()
		b.Progress.Save(b.Root) // where it cannot be kept, it is looked at again
	}
}

// stale returns the packages that are not compiled yet and no learner's.
func (b *Book) stale(ctx context.Context) []string {
	list := exec.CommandContext(ctx, "go", "list", "-e", "-deps", "-test", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", "./"+workbook.Stubs+"/...")
	list.Dir = b.Root
	out, _ := list.Output() // as far as it came
	var stale []string
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.ContainsAny(line, " [") && !strings.HasSuffix(line, ".test") && !strings.Contains(line, "/"+workbook.Stubs+"/") {
			stale = append(stale, line)
		}
	}
	return stale
}

// compile compiles packages, and shows how many it has.
func (b *Book) compile(ctx context.Context, t *terminal.Terminal, packages []string) error {
	build := exec.CommandContext(ctx, "go", append([]string{"build", "-v"}, packages...)...)
	build.Dir = b.Root
	names, err := build.StderrPipe()
	if err == nil {
		err = build.Start()
	}
	if err != nil {
		return err
	}
	done := 0
	for lines := bufio.NewScanner(names); lines.Scan(); {
		done++
		t.Passing(t.Say("the first time, Go compiles its library: %d of %d packages, %s …", done, len(packages), lines.Text()))
	}
	return build.Wait()
}
