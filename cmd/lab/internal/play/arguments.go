package play

import (
	"flag"
	"fmt"
	"io"
)

// Arguments parses those of a command that opens the page, lab play or lab show: its flags,
// those that both have and those that set has already, before or behind the one word that it
// takes, "" where there is none. The error is flag.ErrHelp when help was asked for, else
// one line.
func Arguments(set *flag.FlagSet, args []string, port *int, noOpen *bool, export *string) (word string, err error) {
	set.SetOutput(io.Discard)
	set.IntVar(port, "port", 0, "")
	set.BoolVar(noOpen, "no-open", false, "")
	set.StringVar(export, "export", "", "")
	if err := set.Parse(args); err != nil {
		return "", err
	}
	rest := set.Args()
	if len(rest) > 0 {
		word = rest[0]
		if err := set.Parse(rest[1:]); err != nil {
			return "", err
		}
		rest = set.Args()
	}
	switch {
	case len(rest) > 0:
		return "", fmt.Errorf("there is nothing to do with %.20q", rest[0])
	case *port < 0 || *port > 65535:
		return "", fmt.Errorf("%d is no port", *port)
	}
	return word, nil
}
