package trace

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/mine"
	"tcpworkbook/kit/ladder"
)

// flags is how `lab trace` was called.
type flags struct {
	life      life.Options
	pcap, svg string // files to write; "" for none
	real      bool
	mine      bool // with the learner's chapters
	plain     bool // nothing special was asked for
	raw       bool
	tale      string // the one to play, by its flag; "" for none
	compare   bool   // with the reference
}

// parse reads the arguments. The error is flag.ErrHelp when help was asked
// for, else one line.
func parse(args []string) (*flags, error) {
	chapters, own := mine.Chapters()
	f := &flags{life: life.Options{Chapters: chapters, Mine: own, Closer: ladder.Right}}
	set := flagSet(f)
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	f.plain = set.NFlag() == 0
	given := make(map[string]bool)
	set.Visit(func(one *flag.Flag) { given[one.Name] = true })
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("there is nothing to do with %.20q", set.Arg(0))
	case f.compare && !f.mine:
		return nil, errors.New("-compare is of your own TCP with the reference's: give -mine too")
	case (f.tale != "" || f.compare) && len(given) > 1+len(taleCompanions(given)):
		return nil, errors.New("-cross, -reboot and -compare go with -mine and -raw only")
	case given["seed"] && !given["loss"]:
		return nil, errors.New("-seed is of the dice for -loss: give that too")
	case given["loss"] && !given["seed"]:
		f.life.Seed = uint64(rand.Uint32())
	}
	return f, nil
}

func flagSet(f *flags) *flag.FlagSet {
	set := flag.NewFlagSet("lab trace", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	f.life.Path = "/lifecycle"
	f.life.MSL = life.DefaultMSL
	set.Func("url", "", func(text string) (err error) { f.life.Path, err = parsePath(text); return err })
	set.Func("lose", "", func(text string) (err error) { f.life.Lose, err = life.ParseLosses(text); return err })
	set.Func("loss", "", func(text string) (err error) { f.life.Loss, err = parseShare(text); return err })
	set.Uint64Var(&f.life.Seed, "seed", 0, "")
	set.Func("msl", "", func(text string) (err error) { f.life.MSL, err = life.ParseMSL(text); return err })
	set.Func("who", "", func(text string) (err error) { f.life.Closer, err = parseSide(text); return err })
	set.StringVar(&f.pcap, "pcap", "", "")
	set.StringVar(&f.svg, "svg", "", "")
	set.BoolVar(&f.raw, "raw", false, "")
	set.BoolVar(&f.real, "real", false, "")
	set.BoolVar(&f.mine, "mine", false, "")
	set.BoolVar(&f.compare, "compare", false, "")
	for _, c := range tales {
		set.BoolFunc(c.flag, "", func(string) error { f.tale = c.flag; return nil })
	}
	return set
}

// taleCompanions are the flags that may be given beside one that plays a conversation from
// a text.
func taleCompanions(given map[string]bool) (companions []string) {
	for _, name := range []string{"mine", "raw"} {
		if given[name] {
			companions = append(companions, name)
		}
	}
	return companions
}

// help is in the order in which a learner will want the flags.
const help = `lab trace lets a browser fetch a page from a web server, both on the TCP of this
workbook, and draws what happens from the first socket's creation to the last
one's deletion.

  --mine             on your own TCP: your chapters where every step is done,
                     the reference's where not; headings say which are yours
  --mine --compare   where your ladder leaves the reference's
  --cross            two SYNs cross: both ends open at once
  --reboot           one end forgets the conversation, and the other goes on
  --url PATH         the page: %s
  --who SIDE         who closes first, and so waits in the end: server, client
  --lose SEGMENTS    lose these once, to see them sent again (fin or fin,ack):
%s  --loss 20%%         lose any segment with this probability
  --seed 7           the dice for --loss; the same seed, the same luck
  --msl 500ms        maximum segment lifetime; TIME-WAIT lasts twice that
  --raw              show the numbers as they are on the wire, too (wide lines)
  --pcap FILE        write the packets for Wireshark (pcapng)
  --svg FILE         write the ladder as a picture
  --real             let the operating system's own TCP, with curl, fetch the
                     page from ours, through a TUN device (Linux, root)
`

func writeHelp(w io.Writer) {
	losses := strings.ReplaceAll(strings.TrimSuffix(life.LossesHelp(), "\n"), "\n", "\n                       ")
	fmt.Fprintf(w, help, strings.Join(life.Paths, "  "), "                       "+losses+"\n")
}

// parsePath reads the path of a page.
func parsePath(text string) (string, error) {
	u, err := url.ParseRequestURI(text)
	if err != nil || u.Host != "" || !strings.HasPrefix(text, "/") {
		return "", errors.New("want a path such as /lifecycle")
	}
	return text, nil
}

// parseShare reads a probability, "20%" or "0.2".
func parseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, errors.New("want a share such as 20% or 0.2")
	}
	return share, nil
}

// parseSide reads which side is meant.
func parseSide(text string) (ladder.Side, error) {
	switch text {
	case "client":
		return ladder.Left, nil
	case "server":
		return ladder.Right, nil
	}
	return 0, errors.New("want client or server")
}
