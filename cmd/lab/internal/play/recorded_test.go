package play

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/workbook"
)

// recording is one of a test that has failed at once.
func recording() *story.Recording {
	return &story.Recording{
		Test:  "TestStep1_Close",
		Play:  &story.Play{OK: true, Rows: []story.Row{{Kind: story.Called, Host: "A", Says: "Close()", FromRow: -1}}},
		Views: []story.View{{}, {}}, Of: []int{1},
		Failure: story.Failure{Lines: []string{"step 4.1: <Close> sends a FIN"}, Wanted: []string{"FIN"}, Got: []string{"nothing"}},
	}
}

func TestServeRecording(t *testing.T) {
	s, err := ServeRecording(workbook.English, recording(), 0)
	require.NoError(t, err)
	defer s.Close()
	answer, err := http.Get("http://" + s.host + "/")
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Contains(t, string(body), `"recording":{"test":"TestStep1_Close"`)
	assert.Contains(t, string(body), "step 4.1: &lt;Close> sends a FIN", "for those without JavaScript, too")
	assert.NotContains(t, string(body), "<Close>")
	s.Close()
	assert.ErrorIs(t, <-s.Ended, http.ErrServerClosed)
}

func TestExportRecording(t *testing.T) {
	out := &terminal.Terminal{Out: &bytes.Buffer{}}
	assert.ErrorContains(t, ExportRecording(out, recording(), "folder"), ".html")
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, ExportRecording(out, recording(), file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"recording":{"test":"TestStep1_Close"`)
}
