// Command lab is the workbook's one command.
//
//	go run ./cmd/lab      or      go tool lab
//
// Without arguments it shows how far the learner has come and what to do next. See
// its own help for what else it can do.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := newTerminal(os.Stdout, os.Stderr)
	t.edition = localeEdition(os.Getenv)
	os.Exit(run(ctx, t, os.Args[1:]))
}

// What the command's exit tells.
const (
	exitOK     = 0
	exitFailed = 1 // it could not be done, or something is wrong
	exitUsage  = 2 // it was asked in a way that nobody understands
)

// subcommand is one thing that lab can do.
type subcommand struct {
	name    string
	summary string // a line for the list of subcommands
	run     func(ctx context.Context, t *terminal, args []string) int
}

// subcommands are in the order in which help lists them.
func subcommands() []subcommand {
	return []subcommand{
		{"watch", "the same again each time you save a file", runWatch},
		{"check", "see how far a chapter has come, step by step", runCheck},
		{"hint", "get the next hint to the step that you are at", runHint},
		{"solution", "see how the reference writes a step, beside your own", runSolution},
		{"start", "begin at any chapter", runStart},
		{"reset", "put a chapter's stub back, and keep what you have written", runReset},
		{"trace", "see the whole life of two sockets that carry a web page", runTrace},
		{"serve", "show a real browser the sockets that serve it, live", runServe},
	}
}

// run runs the subcommand that the arguments name.
func run(ctx context.Context, t *terminal, args []string) int {
	args, err := t.takeLanguage(args)
	if err != nil {
		return t.misused("lab: %v", err)
	}
	if len(args) == 0 {
		return runFront(ctx, t)
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(ctx, t, rest)
	}
	all := subcommands()
	i := slices.IndexFunc(all, func(s subcommand) bool { return s.name == name })
	if i < 0 {
		return t.misused("lab: there is no %.20q; \"lab help\" lists what there is", name)
	}
	return all[i].run(ctx, t, rest)
}

// help explains lab, or one of its subcommands.
func help(ctx context.Context, t *terminal, args []string) int {
	if len(args) == 0 {
		usage(t)
		return exitOK
	}
	return run(ctx, t, []string{args[0], "-h"})
}

func usage(t *terminal) {
	t.printf("%s\n\n", t.say("%s goes through the workbook with you, and shows its TCP at work.", t.bold("lab")))
	t.printf("  lab %-9s %s\n", "", t.say("see how far you are, and what to do next"))
	for _, s := range subcommands() {
		t.printf("  lab %-9s %s\n", s.name, t.say(s.summary))
	}
	t.printf("\n%s\n", t.say("With --lang ko, before any of these or after it, or LANG=ko: in Korean."))
	t.printf("%s\n", t.say(`"lab help trace" says more about it. The lessons are in chapters/.`))
}
