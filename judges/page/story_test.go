package page

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A story can be kept as a text, a picture, and packets, which Wireshark reads.
func TestStory(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3;write.A.5;close.A;lose.4;step.9")
	x.do(`document.querySelector("[data-panel=story]").click()`)
	// What is to be downloaded is caught.
	x.do(`window.kept = []; URL.createObjectURL = (blob) => {
		const i = kept.push("") - 1;
		blob.arrayBuffer().then((b) => { kept[i] = btoa(Array.from(new Uint8Array(b), (c) => String.fromCharCode(c)).join("")); });
		return "#";
	}; HTMLAnchorElement.prototype.click = () => {};`)
	kept := func(button, n string) []byte {
		x.do(`[...document.querySelectorAll("#p-story button")].find((b) => b.textContent === ` + quoted(button) + `).click()`)
		x.until(`kept.length === ` + n + ` && kept[` + n + ` - 1] !== ""`)
		data, err := base64.StdEncoding.DecodeString(eval[string](x, `kept[`+n+` - 1]`))
		require.NoError(t, err)
		return data
	}
	picture := kept("Picture (SVG)", "1")
	decoder := xml.NewDecoder(strings.NewReader(string(picture)))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
	}
	assert.Contains(t, string(picture), "ESTABLISHED")

	packets := kept("Packets (pcapng)", "2")
	sent := eval[int](x, `document.querySelectorAll(".row.sent").length`)
	require.Greater(t, sent, 4)
	assert.Equal(t, sent, blocks(t, packets)[6], "enhanced packet blocks")
	if tshark, err := exec.LookPath("tshark"); err == nil {
		file := filepath.Join(t.TempDir(), "story.pcapng")
		require.NoError(t, os.WriteFile(file, packets, 0o666))
		out, err := exec.Command(tshark, "-r", file, "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "tcp.check_checksum:TRUE",
			"-T", "fields", "-e", "frame.interface_name", "-e", "tcp.flags.str", "-e", "tcp.seq", "-e", "tcp.checksum.status").CombinedOutput()
		require.NoError(t, err, "%s", out)
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Logf("tshark reads:\n%s", out)
		assert.GreaterOrEqual(t, len(lines), sent)
		assert.Contains(t, string(out), "A\t··········S·\t100")
	}

	x.do(`[...document.querySelectorAll("#p-story button")].find((b) => b.textContent === "As text").click()`)
	x.until(`document.querySelector("#p-story pre")?.textContent.includes("SYN-SENT")`)
}

// blocks counts the blocks of a pcapng file by their type.
func blocks(t *testing.T, file []byte) map[uint32]int {
	t.Helper()
	n := make(map[uint32]int)
	for len(file) > 0 {
		require.GreaterOrEqual(t, len(file), 12)
		size := binary.LittleEndian.Uint32(file[4:])
		require.LessOrEqual(t, int(size), len(file))
		require.Equal(t, size, binary.LittleEndian.Uint32(file[size-4:]), "the length stands at both ends")
		n[binary.LittleEndian.Uint32(file)]++
		file = file[size:]
	}
	return n
}
