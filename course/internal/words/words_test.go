package words

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/workbook"
)

// said are the phrases in templates.
var said = regexp.MustCompile(`say ("(?:[^"\\]|\\.)*")`)

// TestPhrases finds what templates say in the catalogue, and what the catalogue has in a
// template or a source.
func TestPhrases(t *testing.T) {
	p, wrong := workbook.ReadPhrases(korean)
	assert.Empty(t, wrong)
	known := make(map[string]bool)
	for _, english := range p.English() {
		known[english] = true
	}
	var sources strings.Builder
	for _, pattern := range []string{"../*/*.tmpl", "../trial/*.go", "../judge/*.go", "../submission/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			sources.Write(text)
			if filepath.Ext(file) != ".tmpl" {
				continue
			}
			for _, m := range said.FindAllStringSubmatch(string(text), -1) {
				english, err := strconv.Unquote(m[1])
				require.NoError(t, err)
				assert.True(t, known[english] || english == "%s", "%s says %q: messages.ko.txt does not have it", file, english)
			}
		}
	}
	verbs := strings.NewReplacer("%s", "%v")
	for _, english := range p.English() {
		quoted := strings.Trim(strconv.Quote(english), `"`)
		text := sources.String()
		there := strings.Contains(text, quoted) || strings.Contains(text, verbs.Replace(quoted)) ||
			strings.Contains(text, strings.TrimSuffix(quoted, "%s"))
		assert.True(t, there, "nobody says %q", english)
	}
}

func TestIn(t *testing.T) {
	assert.Equal(t, "2 of 3", In("en")("%d of %d", 2, 3))
	assert.Equal(t, "2 of 3", In("")("%d of %d", 2, 3))
	assert.Equal(t, "2 / 3", In("ko")("%d of %d", 2, 3))
	assert.Equal(t, "nobody knows this", In("ko")("nobody knows %s", "this"))
}
