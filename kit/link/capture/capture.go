// Package capture writes what crosses a link to a pcapng file, which Wireshark
// and tshark open.
//
// Each frame is recorded once, as its sender sent it and when: what a capture on
// the sender's side of the wire sees. A lost frame is there, and so is its
// retransmission; one that the weather damages is there undamaged, one that it
// doubles once. What became of such a frame is said in its packet comment. A
// frame longer than the MTU never reached the wire and is left out.
//
// The file has two interfaces, "A" and "B", for the two ends, so that
// frame.interface_name tells who sent a frame. There is no link layer: frames
// start with their IP header (LINKTYPE_RAW). Times are in nanoseconds.
package capture

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"tcpworkbook/kit/link"
)

// A Writer writes a capture. Its methods may be called by several goroutines at
// once.
type Writer struct {
	mu   sync.Mutex
	file *pcapgo.NgWriter
	err  error // the first error; nothing is written after it
	done bool  // Close was called
}

// NewWriter starts a capture. It writes to w as its buffer fills, and the rest at
// Close; closing w itself is the caller's.
func NewWriter(w io.Writer) (*Writer, error) {
	options := pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "tcpworkbook"}}
	file, err := pcapgo.NewNgWriterInterface(w, end("A"), options)
	if err == nil {
		_, err = file.AddInterface(end("B"))
	}
	if err != nil {
		return nil, fmt.Errorf("capture: start: %w", err)
	}
	return &Writer{file: file}, nil
}

// end describes one end of the link as an interface.
func end(name string) pcapgo.NgInterface {
	return pcapgo.NgInterface{
		Name:                name,
		Description:         "end " + name + " of the link",
		LinkType:            layers.LinkTypeRaw,
		TimestampResolution: 9,
	}
}

// Tap records a frame when it is sent; it is a link.Tap. After an error, or after
// Close, it does nothing.
func (w *Writer) Tap(o link.Observation) {
	if o.Event != link.SentEvent || o.Fate == link.TooLong {
		return
	}
	info := gopacket.CaptureInfo{
		Timestamp:      o.Sent,
		CaptureLength:  len(o.Frame),
		Length:         len(o.Frame),
		InterfaceIndex: int(o.Way), // who sends A to B is A, the first interface
	}
	var options pcapgo.NgPacketOptions
	if text := comment(&o); text != "" {
		options.Comments = []string{text}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil || w.done {
		return
	}
	if err := w.file.WritePacketWithOptions(info, o.Frame, options); err != nil {
		w.err = fmt.Errorf("capture: write: %w", err)
	}
}

// comment says what becomes of a frame, or nothing when it arrives as it is.
func comment(o *link.Observation) string {
	switch o.Fate {
	case link.Lost:
		return "lost on the way"
	case link.Dropped:
		return "dropped on purpose"
	case link.Overflowed:
		return "dropped: the queue for the line was full"
	}
	var parts []string
	for _, p := range [...]struct {
		happens bool
		text    string
	}{{o.Corrupted, "a bit is flipped on the way"}, {o.Held, "held up on the way"}, {o.Duplicate, "arrives twice"}} {
		if p.happens {
			parts = append(parts, p.text)
		}
	}
	return strings.Join(parts, ", ")
}

// Err returns the first error in writing, nil while there was none.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close writes out what is still buffered and returns the first error there was.
// Frames seen later are not recorded. To close again does nothing and returns the
// same.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return w.err
	}
	w.done = true
	if err := w.file.Flush(); err != nil && w.err == nil {
		w.err = fmt.Errorf("capture: write: %w", err)
	}
	return w.err
}
