package ladder

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/tcp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func text(t *testing.T, d *Diagram, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, d.Text(&b, o))
	return b.String()
}

func TestText(t *testing.T) {
	golden(t, "life.txt", text(t, life(), TextOptions{}))
}

func TestTextFitsIn80Columns(t *testing.T) {
	for line := range strings.Lines(text(t, life(), TextOptions{})) {
		line = strings.TrimRight(line, "\n")
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
		}
	}
}

func TestTextWithRawNumbers(t *testing.T) {
	golden(t, "life-raw.txt", text(t, life(), TextOptions{Raw: true}))
}

func TestTextInColour(t *testing.T) {
	golden(t, "life-colour.txt", text(t, life(), TextOptions{Color: true}))
}

func TestTextWithoutColourHasNoEscapes(t *testing.T) {
	require.NotContains(t, text(t, life(), TextOptions{Raw: true}), "\x1b")
}

func TestTextOfEveryFate(t *testing.T) {
	d := &Diagram{Left: "you", Right: "peer"}
	for fate := Arrives; fate <= Wrong; fate++ {
		for _, from := range []Side{Left, Right} {
			d.Add(Rung{From: from, Fate: fate, Segment: tcp.Segment{Flags: tcp.ACK, Seq: 1, Ack: 1}})
		}
	}
	golden(t, "fates.txt", text(t, d, TextOptions{}))
}

// TestTextOfUnknownStates shows that a diagram made of nonsense is drawn.
func TestTextOfNonsense(t *testing.T) {
	d := &Diagram{}
	d.Add(Rung{Left: 77, Right: 99, Fate: 88, Segment: tcp.Segment{Seq: 1 << 31, Payload: make([]byte, 70000)}, Text: strings.Repeat("x", 200)})
	d.Add(Rung{Kind: Heading, Text: strings.Repeat("y", 200)})
	d.Add(Rung{Kind: Event, From: Right, Left: 77, Text: strings.Repeat("z", 200)})
	require.Contains(t, text(t, d, TextOptions{Color: true, Raw: true}), "?")
	require.NoError(t, d.SVG(io.Discard))
	require.NotEmpty(t, d.Compact(0))
}

func TestSVG(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, life().SVG(&b))
	golden(t, "life.svg", b.String())
}

// TestSVGIsWellFormed also looks for what a picture that needs nothing else must
// not have.
func TestSVGIsWellFormed(t *testing.T) {
	d := life()
	d.Left = `<script>"&'\x00` + "\x01\xff"
	d.Add(Rung{Text: "</text><image href='x'/>", Segment: tcp.Segment{Flags: tcp.RST}})
	var b bytes.Buffer
	require.NoError(t, d.SVG(&b))
	decoder := xml.NewDecoder(&b)
	elements := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok {
			elements[e.Name.Local]++
		}
	}
	for _, foreign := range []string{"script", "image", "foreignObject", "use", "a"} {
		require.Zero(t, elements[foreign], foreign)
	}
	require.Equal(t, 1, elements["svg"])
	require.Greater(t, elements["text"], 40)
}

// failingWriter takes nothing.
type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	require.ErrorIs(t, life().Text(failingWriter{}, TextOptions{}), io.ErrClosedPipe)
	require.ErrorIs(t, life().SVG(failingWriter{}), io.ErrClosedPipe)
}

func TestCompact(t *testing.T) {
	golden(t, "compact.txt", strings.Join(life().Compact(100), "\n")+"\n")
}

// TestCompactTellsClientsApart has two clients call: only the second is named.
func TestCompactTellsClientsApart(t *testing.T) {
	server := netip.MustParseAddrPort("10.0.0.1:80")
	d := &Diagram{Left: "you", Right: "peer"}
	d.Add(Rung{Kind: Event, Text: "Listen()"})
	for _, client := range []string{"10.0.0.2:50000", "10.0.0.2:50001"} {
		remote := netip.MustParseAddrPort(client)
		d.Add(Rung{From: Right, Right: tcp.SynSent, Segment: tcp.Segment{Src: remote, Dst: server, Flags: tcp.SYN}})
		d.Add(Rung{From: Left, Right: tcp.Established, Segment: tcp.Segment{Src: server, Dst: remote, Flags: tcp.SYN | tcp.ACK}})
	}
	lines := d.Compact(10)
	require.NotContains(t, strings.Join(lines[:4], "\n"), "port")
	require.Contains(t, lines[4], "SYN-SENT (port 50001)")
	require.Contains(t, lines[5], "ESTABLISHED (port 50001)")
}

// TestCompactIsCutInTheMiddle looks at every length: how many lines there are,
// and that the last rung is always among them.
func TestCompactIsCutInTheMiddle(t *testing.T) {
	d := life()
	for i := range d.Rungs {
		d.Rungs[i].ISS, d.Rungs[i].IRS = 0, 0
	}
	golden(t, "compact-cut.txt", strings.Join(d.Compact(9), "\n")+"\n")
	for lines := range len(d.Rungs) + 5 {
		got := d.Compact(lines)
		require.LessOrEqual(t, len(got), max(lines, 4))
		require.Contains(t, got[len(got)-1], "2MSL are over", "at most %d lines", lines)
	}
}
