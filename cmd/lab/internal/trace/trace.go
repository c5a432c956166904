// Package trace lets a browser fetch a page from a web server, and reports the whole life
// of the two sockets.
package trace

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"slices"

	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/mine"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/link/capture"
)

// Run is `lab trace`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	f, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		writeHelp(t)
		return terminal.ExitOK
	}
	if err != nil {
		return t.Misused("lab trace: %v", err)
	}
	if f.mine && !mine.Composed {
		return mine.Run(ctx, t, append([]string{"trace"}, args...))
	}
	if why := mine.Missing(); why != "" {
		return t.Failed("lab trace: %s", why)
	}
	chapters, yours := mine.Chapters()
	if i := slices.IndexFunc(tales, func(c tale) bool { return c.flag == f.tale }); i >= 0 {
		writeTale(t, tales[i], chapters, yours, f.raw)
		return terminal.ExitOK
	}
	if f.compare {
		writeComparison(t, chapters)
		return terminal.ExitOK
	}
	err = trace(ctx, t, f)
	switch {
	case errors.Is(err, context.Canceled):
		return t.Failed("lab trace: interrupted")
	case err != nil:
		return t.Failed("lab trace: %v", err)
	}
	return terminal.ExitOK
}

// trace runs the conversation and reports it. Files are opened before anything
// happens, so that nobody waits for a report that can't be written.
func trace(ctx context.Context, t *terminal.Terminal, f *flags) (err error) {
	files, err := openOutputs(f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.close()) }()
	f.life.Tap = files.tap()
	f.life.Edition = t.Edition

	f.life.Ready = func(server netip.Addr) { writeOwners(t, f.life.Mine); writeIntroduction(t, f, server) }
	l, failed := f.run(ctx)
	if l == nil {
		return failed
	}
	l.Diagram.Say = t.Phrase
	writeReport(t, f, l)
	if files.svg != nil {
		if err := l.Diagram.SVG(files.svg); err != nil {
			return err
		}
	}
	files.tell(t)
	if failed == nil && f.plain {
		for _, line := range layout.Wrap(t.Say(`Now try: --lose ack, --who client, --loss 20%; "lab help trace" says more.`), layout.Columns) {
			t.Printf("%s\n", t.Dim(line))
		}
	}
	return failed
}

// run lets the conversation happen.
func (f *flags) run(ctx context.Context) (*life.Life, error) {
	if f.real {
		return life.Real(ctx, f.life)
	}
	return life.Run(ctx, f.life)
}

// outputs are the files to write; nil for none.
type outputs struct {
	pcap, svg *os.File
	capture   *capture.Writer
}

func openOutputs(f *flags) (*outputs, error) {
	files := &outputs{}
	if err := files.open(f); err != nil {
		return nil, errors.Join(err, files.close())
	}
	return files, nil
}

func (files *outputs) open(f *flags) (err error) {
	if f.pcap != "" {
		if files.pcap, err = os.Create(f.pcap); err != nil {
			return err
		}
		if files.capture, err = capture.NewWriter(files.pcap); err != nil {
			return err
		}
	}
	if f.svg != "" {
		files.svg, err = os.Create(f.svg)
	}
	return err
}

// tap returns what records packets; nil when nobody wants them.
func (files *outputs) tap() link.Tap {
	if files.capture == nil {
		return nil
	}
	return files.capture.Tap
}

// tell says where the files are.
func (files *outputs) tell(w *terminal.Terminal) {
	if files.pcap != nil {
		w.Printf("%s\n", w.Say("The packets are in %s; Wireshark opens it.", files.pcap.Name()))
	}
	if files.svg != nil {
		w.Printf("%s\n", w.Say("The ladder is in %s; a browser shows it.", files.svg.Name()))
	}
}

func (files *outputs) close() error {
	var errs []error
	if files.capture != nil {
		errs = append(errs, files.capture.Close())
	}
	for _, f := range []*os.File{files.pcap, files.svg} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// writeReport writes what is to be seen of a conversation: the ladder, the page,
// the sockets.
func writeReport(t *terminal.Terminal, f *flags, l *life.Life) {
	l.Diagram.Text(t.Out, ladder.TextOptions{Color: t.Color, Raw: f.raw})
	writePage(t, &l.Page)
	for i := range l.Tables {
		writeTable(t, &l.Tables[i])
	}
	io.WriteString(t.Out, "\n")
}
