package terminal

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/language"
)

// Arguments separates a subcommand's arguments from the flags. Besides those that it has of
// its own there is that for help, which is answered here: then, or when there are others,
// it is over.
func (t *Terminal) Arguments(name string, help language.Text, args []string, own ...func(*flag.FlagSet)) (rest []string, exit int, over bool) {
	set := flag.NewFlagSet("lab "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, add := range own {
		add(set)
	}
	// A flag may stand behind the arguments, too: none has a value of its own.
	isFlag := func(arg string) bool { return strings.HasPrefix(arg, "-") }
	args = slices.Concat(filtered(args, isFlag), filtered(args, func(arg string) bool { return !isFlag(arg) }))
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		t.Printf("%s", help.In(t.Edition))
		return nil, ExitOK, true
	case err != nil:
		return nil, t.Misused("lab %s: %s", name, strings.TrimSpace(err.Error())), true
	}
	return set.Args(), 0, false
}

func filtered(args []string, keep func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return !keep(arg) })
}
