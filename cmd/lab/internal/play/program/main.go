//go:build js && wasm

// Command program is the TCP behind the page of lab play: it plays stories, in a browser.
// What it can do is in JavaScript's object tcp: functions of texts and numbers, each of
// which returns a text, at once.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"runtime/debug"
	"syscall/js"

	"tcpworkbook/kit/story"
	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/solutions"
)

// mostStack bounds the stack, so that a recursion without an end is over soon.
const mostStack = 16 << 20

// played is the last story that was played, told in the language told.
var (
	played = perform("1", "")
	told   = ""
)

func main() {
	debug.SetMaxStack(mostStack)
	js.Global().Set("tcp", js.ValueOf(map[string]any{
		"build":     function(func([]js.Value) string { return asJSON(build) }),
		"scenarios": function(func(a []js.Value) string { return asJSON(scenario.All(a[0].String())) }),
		"play":      function(func(a []js.Value) string { return play(a[0].String(), a[1].String()) }),
		"reference": function(func(a []js.Value) string { return reference(a[0].String(), a[1].String()) }),
		"check":     function(func(a []js.Value) string { return check(a[0].String(), a[1].String()) }),
		"view":      function(func(a []js.Value) string { return asJSON(played.View(a[0].Int())) }),
		"text":      function(func([]js.Value) string { return written(played.Text) }),
		"svg":       function(func([]js.Value) string { return written(played.SVG) }),
		"pcapng":    function(func([]js.Value) string { return base64.StdEncoding.EncodeToString(pcapng(played.Packets())) }),
	}))
	select {}
}

func function(f func([]js.Value) string) js.Func {
	return js.FuncOf(func(_ js.Value, arguments []js.Value) any { return f(arguments) })
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it is all numbers and texts
	}
	return string(text)
}

func perform(text, language string) *story.Play {
	return story.Perform(text, story.Cast{Reference: solutions.Chapters(), Mine: mine(), Language: language})
}

// answer is what is new in a play: of its rows, those that come after the first Kept of the
// last one that was played.
type answer struct {
	OK     bool         `json:"ok"`
	Error  *story.Error `json:"error"`
	Kept   int          `json:"kept"`
	Rows   []story.Row  `json:"rows"`
	Now    int64        `json:"now"`
	Next   *story.Next  `json:"next"`
	Digest string       `json:"digest"`
}

// play plays a story: from where the last one ended, if it begins like it.
func play(text, language string) string {
	if language == told {
		played = played.Continue(text)
	} else {
		played, told = perform(text, language), language
	}
	p := played
	return asJSON(answer{p.OK, p.Error, p.Kept, p.Rows[p.Kept:], p.Now, p.Next, p.Digest})
}

// reference tells the rows of a story as the reference alone plays it.
func reference(text, language string) string {
	return asJSON(story.Perform(text, story.Cast{Reference: solutions.Chapters(), Language: language}).Rows)
}

// check tells whether the last story solves a puzzle, and if not, perhaps why.
func check(puzzle, language string) string {
	solved, says := scenario.Check(puzzle, played, language)
	return asJSON(map[string]any{"solved": solved, "says": says})
}

// written returns what write writes; that fails only where its writer does, and this one
// does not.
func written(write func(io.Writer) error) string {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err.Error()
	}
	return b.String()
}
