package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"

	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/link/capture"
)

// runTrace is `lab trace`.
func runTrace(ctx context.Context, t *terminal.Terminal, args []string) int {
	f, err := parseTrace(args)
	if errors.Is(err, flag.ErrHelp) {
		writeTraceHelp(t.Out)
		return terminal.ExitOK
	}
	if err != nil {
		return t.Misused("lab trace: %v", err)
	}
	if f.mine && !composed {
		return runMine(ctx, t, append([]string{"trace"}, args...))
	}
	if why := missing(); why != "" {
		return t.Failed("lab trace: %s", why)
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
func trace(ctx context.Context, t *terminal.Terminal, f *traceFlags) (err error) {
	files, err := openTraceFiles(f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.close()) }()
	f.life.Tap = files.tap()

	f.life.Ready = func(server netip.Addr) { writeOwners(t); writeIntroduction(t, f, server) }
	l, failed := f.run(ctx)
	if l == nil {
		return failed
	}
	writeReport(t, f, l)
	if files.svg != nil {
		if err := l.Diagram.SVG(files.svg); err != nil {
			return err
		}
	}
	files.tell(t)
	if failed == nil && f.plain {
		t.Printf("%s\n", t.Dim(`Now try: --lose ack, --who client, --loss 20%; "lab help trace" says more.`))
	}
	return failed
}

// run lets the conversation happen.
func (f *traceFlags) run(ctx context.Context) (*life.Life, error) {
	if f.real {
		return life.Real(ctx, f.life)
	}
	return life.Run(ctx, f.life)
}

// traceFiles are the files to write; nil for none.
type traceFiles struct {
	pcap, svg *os.File
	capture   *capture.Writer
}

func openTraceFiles(f *traceFlags) (*traceFiles, error) {
	files := &traceFiles{}
	if err := files.open(f); err != nil {
		return nil, errors.Join(err, files.close())
	}
	return files, nil
}

func (files *traceFiles) open(f *traceFlags) (err error) {
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
func (files *traceFiles) tap() link.Tap {
	if files.capture == nil {
		return nil
	}
	return files.capture.Tap
}

// tell says where the files are.
func (files *traceFiles) tell(w *terminal.Terminal) {
	if files.pcap != nil {
		w.Printf("The packets are in %s; Wireshark opens it.\n", files.pcap.Name())
	}
	if files.svg != nil {
		w.Printf("The ladder is in %s; a browser shows it.\n", files.svg.Name())
	}
}

func (files *traceFiles) close() error {
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
func writeReport(t *terminal.Terminal, f *traceFlags, l *life.Life) {
	l.Diagram.Text(t.Out, ladder.TextOptions{Color: t.Color, Raw: f.raw})
	writePage(t, &l.Page)
	for i := range l.Tables {
		writeTable(t, &l.Tables[i])
	}
	io.WriteString(t.Out, "\n")
}
