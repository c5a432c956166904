package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/life"
	"tcpworkbook/cmd/lab/internal/terminal"
)

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// fits asserts that no line is wider than a terminal.
func fits(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		plain := escape.ReplaceAllString(line, "")
		assert.LessOrEqual(t, layout.Width(plain), layout.Columns, "%s", plain)
		assert.Equal(t, strings.TrimRight(plain, " "), plain, "no spaces at the end")
	}
}

// inOrder asserts that text contains all of parts, in that order, wherever its
// lines are broken.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	at := 0
	for _, part := range parts {
		i := strings.Index(flat[at:], part)
		require.GreaterOrEqual(t, i, 0, "%q after what comes before it in %q, in:\n%s", part, parts, text)
		at += i + len(part)
	}
}

func TestTraceShowsAWholeLife(t *testing.T) {
	c := call(t, false, "trace")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	assert.Empty(t, c.err)
	inOrder(t, c.out,
		"A browser fetches http://192.0.2.2/lifecycle; the server closes first.",
		"win is a window, where it is news: for how many bytes its sender has room.",
		"── 1 socket ──", "Listen", "Dial",
		"── 2 handshake ──", "── SYN seq 0 win 4096 ──", "SYN,ACK seq 0 ack 1 win 4096 ──", "── ACK seq 1 ack 1 ──",
		"── 3 transfer ──", "request,", "response,", "win 4096 ──", "acknowledges up to",
		"Close()", "── 4 teardown ──", "FIN,ACK", "acknowledges the FIN", "Close()", "FIN,ACK", "acknowledges the FIN",
		"── 5 time-wait ──", "waits 2MSL: 1s here", "2MSL are over: the socket is deleted",
		"The page: 200 OK", "The life of a socket",
		"Sockets when the page had come", "ESTABLISHED",
		"Sockets when one end had deleted its own", "TIME-WAIT",
		"Sockets afterwards", "none",
	)
	assert.NotContains(t, c.out, "\x1b", "no colour unless asked for")
	fits(t, c.out)
}

func TestTraceFitsATerminal(t *testing.T) {
	for _, args := range [][]string{
		{"--who", "client"}, {"--lang", "ko"}, {"--lang", "ko", "--lose", "ack"},
		{"--url", "/" + strings.Repeat("long", 100)},
		{"--url", "/long", "--loss", "20%", "--seed", "7"},
		{"--url", "/states", "--lose", "syn,synack,request,data,fin,fin2,ack", "--msl", "2m"},
		{"--url", "/"}, {"--url", "//redirected"},
		{"--loss", "0.3", "--seed", "18446744073709551615"},
	} {
		c := call(t, true, append([]string{"trace"}, args...)...)
		assert.Equal(t, terminal.ExitOK, c.exit, "%q: %s", args, c.err)
		fits(t, c.out)
	}
}

func TestTraceWithColor(t *testing.T) {
	plain, colored := call(t, false, "trace"), call(t, true, "trace")
	assert.Contains(t, colored.out, "\x1b[")
	port := regexp.MustCompile(`\d{5}`) // of the client, chosen at random
	strip := func(text string) string { return port.ReplaceAllString(escape.ReplaceAllString(text, ""), "PORT") }
	assert.Equal(t, strip(plain.out), strip(colored.out))
}

func TestTraceWhoClosesFirst(t *testing.T) {
	server, client := call(t, false, "trace", "--who", "server"), call(t, false, "trace", "--who", "client")
	inOrder(t, server.out, "server closes first", "one end had deleted", "server TIME-WAIT", "afterwards")
	inOrder(t, client.out, "client closes first", "one end had deleted", "client TIME-WAIT", "afterwards")
}

func TestTraceLosesTheFIN(t *testing.T) {
	c := call(t, false, "trace", "--lose", "fin")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	inOrder(t, c.out, "Lost once: fin.", "4 teardown", "lost ✗", "FIN,ACK", "no more data from me", "FIN,ACK", "again")
}

func TestTraceInBadWeather(t *testing.T) {
	c := call(t, false, "trace", "--loss", "20%", "--seed", "7")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	inOrder(t, c.out, "20% of all packets, with --seed 7", "1 socket", "5 time-wait", "Sockets afterwards", "none")
	assert.Contains(t, c.out, "✗ lost", "with this seed the first SYN is")

	c = call(t, false, "trace", "--loss", "0%")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	assert.NotRegexp(t, "✗ lost|lost ✗", c.out)
}

func TestTraceOfAPageThatIsNotThere(t *testing.T) {
	c := call(t, false, "trace", "--url", "/nowhere")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	inOrder(t, c.out, "5 time-wait", "The page: 404 Not Found", "/lifecycle")
}

func TestTraceRawNumbers(t *testing.T) {
	c := call(t, false, "trace", "--raw")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	assert.Regexp(t, `SYN seq 0 \(\d+\)`, c.out)
}

func TestTraceOfALongPageIsCutShort(t *testing.T) {
	c := call(t, false, "trace", "--url", "/long")
	inOrder(t, c.out, "The page: 200 OK", "… and 76 lines more", "Sockets")
}

func TestTraceWrongFlags(t *testing.T) {
	for _, args := range [][]string{
		{"--nonsense"},
		{"again"},
		{"--url"}, {"--url", ""}, {"--url", "lifecycle"}, {"--url", "http://192.0.2.2/"}, {"--url", "/a b\n"},
		{"--lose", "fins"}, {"--lose", ""},
		{"--loss", "20"}, {"--loss", "-1%"}, {"--loss", "101%"}, {"--loss", "NaN"}, {"--loss", "much"},
		{"--seed", "7"}, {"--loss", "20%", "--seed", "x"}, {"--loss", "20%", "--seed", "-1"},
		{"--msl", "0"}, {"--msl", "-1s"}, {"--msl", "5"}, {"--msl", "3m"},
		{"--who", "me"},
		{"--real=perhaps"},
	} {
		c := call(t, false, append([]string{"trace"}, args...)...)
		assert.Equal(t, terminal.ExitUsage, c.exit, "%q", args)
		assert.Empty(t, c.out, "%q", args)
		oneLine(t, c.err)
		assert.True(t, strings.HasPrefix(c.err, "lab trace: "), c.err)
	}
}

func TestTraceWithoutASeedTellsTheOneItUsed(t *testing.T) {
	c := call(t, false, "trace", "--loss", "5%")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	assert.Regexp(t, `--seed\s\d+`, c.out)
}

func TestTraceCapture(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.pcapng")
	c := call(t, false, "trace", "--pcap", name)
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	assert.Contains(t, c.out, name)
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	reader, err := pcapgo.NewNgReader(file, pcapgo.DefaultNgReaderOptions)
	require.NoError(t, err)
	var flags []string
	for {
		data, _, err := reader.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		packet := gopacket.NewPacket(data, layers.LayerTypeIPv4, gopacket.Default)
		segment, ok := packet.Layer(layers.LayerTypeTCP).(*layers.TCP)
		require.True(t, ok, "every packet is a segment")
		flags = append(flags, flagText(segment))
	}
	require.Len(t, flags, 11)
	assert.Equal(t, []string{"SYN", "SYN ACK", "ACK"}, flags[:3])
	assert.Equal(t, []string{"FIN ACK", "ACK", "FIN ACK", "ACK"}, flags[7:])
}

func flagText(segment *layers.TCP) string {
	var names []string
	for _, f := range []struct {
		set  bool
		name string
	}{{segment.SYN, "SYN"}, {segment.FIN, "FIN"}, {segment.RST, "RST"}, {segment.ACK, "ACK"}} {
		if f.set {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

func TestTracePicture(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.svg")
	c := call(t, false, "trace", "--svg", name, "--lose", "fin")
	require.Equal(t, terminal.ExitOK, c.exit, c.err)
	assert.Contains(t, c.out, name)
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	decoder := xml.NewDecoder(file)
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, "the picture is well-formed")
		if characters, ok := token.(xml.CharData); ok {
			text.Write(characters)
		}
	}
	for i, stage := range life.Stages {
		assert.Contains(t, text.String(), string(rune('1'+i))+" "+stage)
	}
}

func TestTraceFilesThatCanNotBeWritten(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "no", "such", "folder", "out")
	for _, flag := range []string{"--pcap", "--svg"} {
		c := call(t, false, "trace", flag, nowhere)
		assert.Equal(t, terminal.ExitFailed, c.exit)
		assert.Empty(t, c.out, "nothing has happened")
		oneLine(t, c.err)
	}
}
