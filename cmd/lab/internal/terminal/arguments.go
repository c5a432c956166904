package terminal

import (
	"errors"
	"flag"
	"io"
	"strings"

	"tcpworkbook/cmd/lab/internal/language"
)

// Arguments separates a subcommand's arguments from the flags. It has none of its
// own but that for help, which it answers: then, or when there are others, it
// is over.
func (t *Terminal) Arguments(name string, help language.Text, args []string) (rest []string, exit int, over bool) {
	set := flag.NewFlagSet("lab "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		t.Printf("%s", help.In(t.Edition))
		return nil, ExitOK, true
	case err != nil:
		return nil, t.Misused("lab %s: %s", name, strings.TrimSpace(err.Error())), true
	}
	return set.Args(), 0, false
}
