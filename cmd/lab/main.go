// Command lab is the workbook's one command.
//
//	go run ./cmd/lab      or      go tool lab
//
// Without arguments it shows how far the learner has come and what to do next. See
// its own help for what else it can do.
//
// Each thing that it does has a folder in internal, and knows of none above it:
//
//	watch              the page, again each time a file is saved; keys
//	hint               the next hint to a step
//	lesson             a step of the lesson, to read
//	page               lab itself, and lab check
//	solution           how the reference writes a step
//	start, reset       begin at any chapter; begin one anew, and go back
//	catchup            have the steps before one given
//	submit             what is handed in
//	doctor             whether the machine has what it takes
//	trace, serve       sockets at work: to read, or in a real browser
//	play               a page to play with: both hosts, and each segment between them
//	mine               whose chapters these run: the reference's or the learner's
//	book               the workbook: its chapters and steps, how far they have come
//	terminal           where all of these write: colour, width, exit
//	language, layout   in which language, and where its lines end
//
// What they find out is found out below, without a word to anybody: check runs tests,
// saves sees files change, life lets sockets live, diff compares, pristine and progress
// remember.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"

	"tcpworkbook/cmd/lab/internal/catchup"
	"tcpworkbook/cmd/lab/internal/doctor"
	"tcpworkbook/cmd/lab/internal/hint"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/lesson"
	"tcpworkbook/cmd/lab/internal/page"
	"tcpworkbook/cmd/lab/internal/play"
	"tcpworkbook/cmd/lab/internal/reset"
	"tcpworkbook/cmd/lab/internal/serve"
	"tcpworkbook/cmd/lab/internal/show"
	"tcpworkbook/cmd/lab/internal/solution"
	"tcpworkbook/cmd/lab/internal/start"
	"tcpworkbook/cmd/lab/internal/submit"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/cmd/lab/internal/trace"
	"tcpworkbook/cmd/lab/internal/watch"
	"tcpworkbook/kit/workbook"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := terminal.New(os.Stdout, os.Stderr)
	t.Edition = workbook.FromLocale(os.Getenv)
	os.Exit(run(ctx, t, os.Args[1:]))
}

// subcommand is one thing that lab can do.
type subcommand struct {
	name    string
	summary string // a line for the list of subcommands, in English
	run     func(ctx context.Context, t *terminal.Terminal, args []string) int
}

// subcommands are in the order in which help lists them.
func subcommands() []subcommand {
	return []subcommand{
		{"watch", "the same again each time you save a file", watch.Run},
		{"check", "see how far a chapter has come, step by step", page.Check},
		{"read", "read a step of the lesson here", lesson.Run},
		{"show", "see the conversation of the failing test in your browser", show.Run},
		{"hint", "get the next hint to the step that you are at", hint.Run},
		{"solution", "see how the reference writes a step, beside your own", solution.Run},
		{"start", "begin at any chapter", start.Run},
		{"catchup", "have the steps before one given, and go on there", catchup.Run},
		{"reset", "put a chapter's stub back, and keep what you have written", reset.Run},
		{"restore", "bring back what the last reset has kept", reset.Restore},
		{"submit", "pack a chapter, to hand it in", submit.Run},
		{"doctor", "see in ten seconds whether this machine has what it takes", doctor.Run},
		{"trace", "see the whole life of two sockets that carry a web page", trace.Run},
		{"play", "play with the TCP in your browser: touch each segment, go back", play.Run},
		{"serve", "show a real browser the sockets that serve it, live", serve.Run},
	}
}

// run runs the subcommand that the arguments name.
func run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, edition, given, err := language.TakeFlag(args)
	if err != nil {
		return t.Misused("lab: %v", err)
	}
	if given {
		t.Speak(edition)
	}
	if len(args) == 0 {
		return page.Front(ctx, t)
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(ctx, t, rest)
	}
	all := subcommands()
	i := slices.IndexFunc(all, func(s subcommand) bool { return s.name == name })
	if i < 0 {
		return t.Misused("lab: there is no %.20q; \"lab help\" lists what there is", name)
	}
	return all[i].run(ctx, t, rest)
}

// help explains lab, or one of its subcommands.
func help(ctx context.Context, t *terminal.Terminal, args []string) int {
	if len(args) == 0 {
		usage(t)
		return terminal.ExitOK
	}
	return run(ctx, t, []string{args[0], "-h"})
}

func usage(t *terminal.Terminal) {
	t.Printf("%s\n\n", t.Say("%s goes through the workbook with you, and shows its TCP at work.", t.Bold("lab")))
	t.Printf("  lab %-9s %s\n", "", t.Say("see how far you are, and what to do next"))
	for _, s := range subcommands() {
		t.Printf("  lab %-9s %s\n", s.name, t.Say(s.summary))
	}
	t.Printf("\n%s\n", t.Say("With --lang ko, before any of these or after it, or LANG=ko: in Korean."))
	t.Printf("%s\n", t.Say(`"lab help trace" says more about it. The lessons are in chapters/.`))
}
