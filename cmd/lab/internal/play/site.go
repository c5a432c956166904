package play

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/ascii85"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/kit/workbook"
	"tcpworkbook/solutions"
)

//go:embed site
var files embed.FS

// scripts are the page's, in the order in which they are read. They become one.
var scripts = []string{"words.js", "engine.js", "ladder.js", "hosts.js", "segment.js", "states.js", "tape.js", "panels.js", "page.js", "begin.js"}

// site is the page and all that belongs to it.
type site struct {
	html, css, script, worker string
	first                     first
}

// first is what the page shows before there is a program to play anything: a scenario as
// the reference plays it.
type first struct {
	Language  string              `json:"language"`
	Live      bool                `json:"live"` // lab is behind it, and tells of saves
	Scenario  scenario.Scenario   `json:"scenario"`
	Scenarios []scenario.Scenario `json:"scenarios"`
	Play      *story.Play         `json:"play"`
	View      story.View          `json:"view"`
	At        int                 `json:"at"`
	Build     built               `json:"build"`
	States    map[string]string   `json:"states"`              // by their names: how a ladder colours them
	Recording *story.Recording    `json:"recording,omitempty"` // instead of a scenario: nothing can be acted on
	text      string
}

// built says whose chapters the program has.
type built struct {
	Chapters []chapter `json:"chapters"`
}

type chapter struct {
	N     int    `json:"n"`
	Name  string `json:"name"`
	Whose string `json:"whose"`
	State string `json:"state"`
}

// newSite makes the page. glue is the toolchain's wasm_exec.js; which names the scenario
// to begin with.
func newSite(glue []byte, edition workbook.Edition, which string, parts []part) (*site, error) {
	s := plainSite()
	s.worker = withoutComments(string(glue) + "\n" + read("lzma.js") + read("worker.js"))
	var err error
	s.first, err = newFirst(edition, which)
	s.first.Build = builtOf(parts)
	return s, err
}

// plainSite is the page with nothing to show.
func plainSite() *site {
	s := &site{html: read("index.html"), css: strings.Replace(read("page.css"), "/*strokes*/", ladder.StrokeStyle(), 1)}
	var script strings.Builder
	script.WriteString("\"use strict\";\n(() => {\n")
	for _, name := range scripts {
		script.WriteString(withoutComments(read(name)))
	}
	script.WriteString("})();\n")
	s.script = script.String()
	return s
}

func builtOf(parts []part) built {
	b := built{Chapters: []chapter{}}
	for _, p := range parts {
		b.Chapters = append(b.Chapters, chapter{p.Number, p.Subject(), p.Whose(), p.State})
	}
	return b
}

// still returns the page as one that nobody is behind.
func (s *site) still() *site {
	other := *s
	other.first.Live = false
	return &other
}

// withoutComments returns a script without the lines that are comments, and without indents:
// who loads the page does not read them. No text in a script goes over several lines.
func withoutComments(script string) string {
	var b strings.Builder
	for line := range strings.Lines(script) {
		line = strings.TrimLeft(line, " \t")
		if !strings.HasPrefix(line, "//") {
			b.WriteString(strings.TrimLeft(line, "\r\n"))
		}
	}
	return b.String()
}

func read(name string) string {
	text, err := files.ReadFile("site/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// newFirst plays a scenario up to where its question is asked; the first one, for "".
func newFirst(edition workbook.Edition, which string) (first, error) {
	f := first{Language: edition.Name(), States: stateColours()}
	all := scenario.All(f.Language)
	for _, s := range all {
		f.Scenarios = append(f.Scenarios, scenario.Scenario{ID: s.ID, Title: s.Title})
	}
	f.Scenario = all[0]
	if which != "" {
		one, err := find(all, which)
		if err != nil {
			return f, err
		}
		f.Scenario = one
	}
	cast := story.Cast{Reference: solutions.Chapters(), Language: f.Language}
	f.Play = story.Perform(f.Scenario.Text, cast)
	f.At = startRow(f.Play, f.Scenario.Start)
	f.View = f.Play.View(f.At)
	var text bytes.Buffer
	err := f.Play.Text(&text)
	f.text = text.String()
	return f, err
}

// startRow is the last row before a story's action of that number.
func startRow(p *story.Play, action int) int {
	if action < len(p.Actions) {
		return p.Actions[action].Row - 1
	}
	return len(p.Rows) - 1
}

// find finds the scenario of that name.
func find(all []scenario.Scenario, name string) (scenario.Scenario, error) {
	var names []string
	for _, s := range all {
		if s.ID == name {
			return s, nil
		}
		names = append(names, s.ID)
	}
	return scenario.Scenario{}, fmt.Errorf("there is no scenario %.20q; there are %s", name, strings.Join(names, ", "))
}

// policy is the page's Content Security Policy: nothing but what is needed, and that from
// its own origin.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"

// stateColours returns what states have in common, by their names.
func stateColours() map[string]string {
	all := make(map[string]string)
	for i := range tcp.States {
		all[tcp.State(i).String()] = ladder.StateClass(tcp.State(i))
	}
	return all
}

// page returns index.html for a folder in which the other files are.
func (s *site) page() string {
	return s.fill(meta(policy)+`<link rel="stylesheet" href="page.css">`, `<script src="page.js"></script>`)
}

// single returns the page in one file, the program in it.
func (s *site) single(program []byte) string {
	policy := fmt.Sprintf("default-src 'none'; script-src 'sha256-%s' 'wasm-unsafe-eval'; style-src 'sha256-%s'; worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'",
		hash(s.script), hash(s.css))
	return s.fill(meta(policy)+"<style>"+s.css+"</style>",
		`<script type="text/plain" id="worker">`+s.worker+"</script>\n"+
			`<script type="text/plain" id="program">`+inText(program)+"</script>\n"+
			"<script>"+s.script+"</script>")
}

// inText writes a program so that it can stand in a page: as Ascii85, which has five letters
// for four bytes where base64 has five and a third. The one letter that HTML would read, <, is v.
func inText(program []byte) string {
	text := make([]byte, ascii85.MaxEncodedLen(len(program)))
	text = text[:ascii85.Encode(text, program)]
	return string(bytes.ReplaceAll(text, []byte("<"), []byte("v")))
}

func meta(policy string) string {
	return `<meta http-equiv="Content-Security-Policy" content="` + policy + "\">\n"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// fill puts the parts into index.html.
func (s *site) fill(head, script string) string {
	data, err := json.Marshal(s.first) // json escapes < and >
	if err != nil {
		panic(err) // it is all numbers and texts
	}
	text := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(s.first.text)
	return strings.NewReplacer(
		"<!--head-->", head,
		"<!--text-->", text,
		"<!--data-->", `<script type="application/json" id="first">`+string(data)+"</script>",
		"<!--script-->", script,
		`<html lang="en">`, `<html lang="`+s.first.Language+`">`,
	).Replace(s.html)
}
