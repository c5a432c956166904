package play

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/kit/workbook"
)

// The page itself is tried in judges/page, in a real browser.

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args string
		want flags
	}{
		{"", flags{}},
		{"5.1", flags{scenario: "5.1"}},
		{"5.1 --no-open --port 81", flags{scenario: "5.1", noOpen: true, port: 81}},
		{"--ref --export x.html 2.1", flags{scenario: "2.1", ref: true, export: "x.html"}},
	} {
		f, err := parse(strings.Fields(c.args))
		require.NoError(t, err, c.args)
		assert.Equal(t, c.want, *f, c.args)
	}
	for args, says := range map[string]string{
		"9.9": "no scenario", "5.1 5.2": "nothing to do", "--port 70000": "no port", "--port x": "invalid", "--fly": "not defined",
	} {
		_, err := parse(strings.Fields(args))
		require.Error(t, err, args)
		assert.Contains(t, err.Error(), says)
		assert.NotContains(t, err.Error(), "\n")
	}
	_, err := parse([]string{"-h"})
	assert.ErrorIs(t, err, flag.ErrHelp)
}

// module is a WebAssembly module with these sections before one of code.
func module(sections ...[]byte) []byte {
	all := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range append(sections, []byte{10, 1, 0}) {
		all = append(all, s...)
	}
	return all
}

func TestBounded(t *testing.T) {
	types := []byte{1, 2, 0x60, 0}
	got, err := bounded(module(types, []byte{5, 3, 1, 0, 17}))
	require.NoError(t, err)
	limits := binary.AppendUvarint([]byte{1, 1, 17}, mostMemory)
	want := module(types, append([]byte{5, byte(len(limits))}, limits...))
	assert.Equal(t, want, got)

	for name, bad := range map[string][]byte{
		"without memory":     module(types),
		"bounded already":    module([]byte{5, 4, 1, 1, 17, 18}),
		"two memories":       module([]byte{5, 5, 2, 0, 17, 0, 17}),
		"cut off":            module(types)[:10],
		"a section too long": append(module(), 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0),
		"nothing":            nil,
	} {
		_, err := bounded(bad)
		assert.ErrorIs(t, err, errWasm, name)
	}
}

// The program says which chapters do not compile by the compiler's own words.
func TestBroken(t *testing.T) {
	all, err := parts([]workbook.Chapter{{Name: "01-socket", Number: 1}, {Name: "02-handshake", Number: 2}, {Name: "05-timewait", Number: 5}}, true)
	require.NoError(t, err)
	assert.Equal(t, "TimeWait", all[2].Field)
	printed := "# tcpworkbook/chapters/02-handshake\nchapters/02-handshake/open.go:3: undefined: x\n# tcpworkbook/chapters/05-timewait\n…\n"
	assert.Equal(t, []int{1, 2}, broken(all, printed))
	all[1].Mine = false
	assert.Equal(t, []int{2}, broken(all, printed), "the reference stands in already")
	assert.Empty(t, broken(all, "# tcpworkbook/kit/tcp\n"))
	_, err = parts([]workbook.Chapter{{Name: "06-more", Number: 6}}, true)
	assert.Error(t, err)
}

// What replaces the program's chapters.go is Go, and in place of just that file.
func TestOverlay(t *testing.T) {
	all, err := parts([]workbook.Chapter{{Name: "01-socket", Number: 1}, {Name: "02-handshake", Number: 2}}, true)
	require.NoError(t, err)
	all[0].Mine, all[0].State = false, "untouched"
	folder := t.TempDir()
	file, err := overlay("/workbook", all, folder)
	require.NoError(t, err)
	var list struct{ Replace map[string]string }
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &list))
	require.Len(t, list.Replace, 1)
	for from, to := range list.Replace {
		assert.Equal(t, filepath.Join("/workbook", filepath.FromSlash(programFolder), "chapters.go"), from)
		source, err := os.ReadFile(to)
		require.NoError(t, err)
		_, err = parser.ParseFile(token.NewFileSet(), to, source, parser.SkipObjectResolution)
		assert.NoError(t, err)
		assert.Contains(t, string(source), "Handshake: chapter2.Chapter{}")
		assert.NotContains(t, string(source), "chapter1")
		assert.Contains(t, string(source), `{1, "socket", "ref", "untouched"}`)
	}
	_, err = os.Stat(filepath.Join("..", "..", "..", "..", filepath.FromSlash(programFolder), "chapters.go"))
	assert.NoError(t, err)
}

// How far the learner is with a chapter is seen from its files.
func TestMark(t *testing.T) {
	root := t.TempDir()
	const stub = "package greeting\n\nfunc Hello() string {\n\t// TODO(step 1.1): say it\n\treturn \"\"\n}\n"
	write := func(name, text string) {
		file := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	}
	write("cmd/lab/internal/pristine/stubs/01-greeting/greeting.go.stub", stub)
	b := &book.Book{Root: root, Pristine: pristine.Stubs(root)}
	chapters := []workbook.Chapter{{Root: root, Name: "01-greeting", Number: 1}}
	for text, want := range map[string]part{
		stub: {State: "untouched"},
		strings.Replace(stub, `return ""`, `return "hel"`, 1):                              {Mine: true, State: "unfinished"},
		"package greeting\n\nfunc Hello() string { return \"hello\" }\n":                   {Mine: true, State: "whole"},
		"package greeting\n\nfunc Hello() string { return \"hello\" }\n\nfunc more() {}\n": {Mine: true, State: "unfinished"},
	} {
		write("chapters/01-greeting/greeting.go", text)
		all, err := parts(chapters, true)
		require.NoError(t, err)
		require.NoError(t, mark(b, all))
		assert.Equal(t, want.State, all[0].State, text)
		assert.Equal(t, want.Mine, all[0].Mine, text)
	}
}

// testSite is a page with a program of a few bytes.
func testSite(t *testing.T) *site {
	t.Helper()
	s, err := newSite([]byte("// glue\n"), workbook.English, "5.1", nil)
	require.NoError(t, err)
	return s
}

// A page from elsewhere whose name leads here gets nothing, and what is served may use
// nothing but its own origin.
func TestServer(t *testing.T) {
	s := newServer("127.0.0.1:9293", testSite(t), []byte("program"))
	get := func(host, path string) *http.Response {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.handler().ServeHTTP(w, r)
		return w.Result()
	}
	for _, host := range []string{"127.0.0.1:9293", "localhost:9293"} {
		for path, kind := range map[string]string{
			"/": "text/html", "/page.css": "text/css", "/page.js": "text/javascript", "/worker.js": "text/javascript", "/tcp.bin": "application/octet-stream",
		} {
			r := get(host, path)
			assert.Equal(t, http.StatusOK, r.StatusCode, path)
			assert.Contains(t, r.Header.Get("Content-Type"), kind)
			assert.True(t, strings.HasPrefix(r.Header.Get("Content-Security-Policy"), "default-src 'none'; "), path)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:9293", "127.0.0.1", "127.0.0.1:9294", "localhost", "", "[::1]:9293"} {
		assert.Equal(t, http.StatusMisdirectedRequest, get(host, "/").StatusCode, "%q", host)
	}
	assert.Equal(t, http.StatusNotFound, get(s.host, "/etc/passwd").StatusCode)
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Host = s.host
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, r)
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

// The page is told the news: at once what is known, and then what is new.
func TestEvents(t *testing.T) {
	s := newServer("", testSite(t), nil)
	web := httptest.NewServer(s.handler())
	defer web.Close()
	s.host = strings.TrimPrefix(web.URL, "http://")
	r, err := http.Get(web.URL + "/events")
	require.NoError(t, err)
	defer r.Body.Close()
	told := func() string {
		line := make([]byte, 0, 100)
		for one := make([]byte, 1); !bytes.HasSuffix(line, []byte("\n\n")); line = append(line, one...) {
			_, err := io.ReadFull(r.Body, one)
			require.NoError(t, err)
		}
		return string(line)
	}
	assert.Contains(t, told(), `data: {"version":1,"building":false}`)
	s.tell(func(n *news) { n.Building = true })
	assert.Contains(t, told(), `"building":true`)
	s.renew(&program{wasm: []byte("x")}, s.site)
	assert.Contains(t, told(), `data: {"version":2,"building":false}`)
}

// The single file has everything in it, and its policy knows each script by its hash.
func TestSingle(t *testing.T) {
	s := testSite(t)
	text := s.single([]byte("program"))
	assert.NotContains(t, text, "<!--data-->")
	assert.NotContains(t, text, "src=")
	assert.Contains(t, text, "'sha256-"+hash(s.script)+"'")
	assert.Contains(t, text, "default-src 'none'")
	assert.NotContains(t, s.script, "</script")
	assert.NotContains(t, s.worker, "</script")
	assert.NotContains(t, s.css, "</style")
	assert.Greater(t, s.first.At, 20, "the late FIN is asked about when it is in the air")
	assert.Len(t, s.first.View.Air, 1)
	assert.Contains(t, text, "SYN seq 0", "the ladder is there without JavaScript, too")
}
