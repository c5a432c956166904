package page

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is how long anything in the browser may take. Whatever is waited for is
// looked for again and again until then.
const patience = 20 * time.Second

// browser is one Chromium for all tests; each has a tab of its own.
var browser = sync.OnceValues(func() (context.Context, error) {
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		return nil, fmt.Errorf("there is no Chromium here: apt-get install chromium")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.WSURLReadTimeout(patience)}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses to run as root with one
	}
	ctx, end := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(options...))
	endBrowser = end
	return ctx, chromedp.Do(ctx)
})

var endBrowser = func() {}

func TestMain(m *testing.M) {
	exit := m.Run()
	endBrowser()
	for _, folder := range scratch {
		os.RemoveAll(folder)
	}
	os.Exit(exit)
}

// tab is a tab of the browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string // what the console said
}

// a screen is what a tab is shown on.
type screen struct {
	width, height int64
	touch         bool
	features      map[string]string // CSS media features
	text          int64             // how large the browser's text is, in pixels; 0 for 16
}

var (
	desk      = screen{width: 1280, height: 800}
	telephone = screen{width: 390, height: 844, touch: true}
)

// What an address asks for a language with.
var english, bothLanguages = []string{""}, []string{"", "?lang=ko"}

// onBoth opens a story of the page on a desk and on a telephone, in each of the languages.
func onBoth(t *testing.T, story string, languages []string, play func(t *testing.T, x *tab, name string, s screen)) {
	t.Helper()
	at := served(t)
	for name, s := range map[string]screen{"desk": desk, "telephone": telephone} {
		for _, language := range languages {
			t.Run(name+language, func(t *testing.T) {
				t.Parallel()
				x := open(t, s)
				x.visit(at + language + story)
				play(t, x, name+language, s)
			})
		}
	}
}

// open opens a tab; at the end of the test nothing may have been wrong on its console.
func open(t *testing.T, s screen) *tab {
	t.Helper()
	ctx, err := browser()
	if err != nil {
		t.Skip(err)
	}
	ctx, closeTab := chromedp.NewContext(ctx)
	ctx, cancel := context.WithTimeout(ctx, 10*patience)
	x := &tab{t: t, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		closeTab()
		x.mu.Lock()
		defer x.mu.Unlock()
		assert.Empty(t, x.errors, "on the console")
	})
	require.NoError(t, chromedp.Listen(ctx, x.hear))
	var features []*emulation.MediaFeature
	for name, value := range s.features {
		features = append(features, &emulation.MediaFeature{Name: name, Value: value})
	}
	x.run(command(log.Enable, cdp.Empty{}), chromedp.EmulateViewport(s.width, s.height),
		command(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.touch}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}))
	if s.text != 0 {
		x.run(command(page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: s.text, Fixed: s.text}}))
	}
	return x
}

func (x *tab) hear(event any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		x.errors = append(x.errors, fmt.Sprintf("%+v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			x.errors = append(x.errors, fmt.Sprint(e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			x.errors = append(x.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func (x *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	require.NoError(x.t, chromedp.Do(x.ctx, actions...))
}

// command is an action of the browser's protocol.
func command[P, R any](c cdp.Command[P, R], p P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, p)
		return err
	})
}

// do runs JavaScript.
func (x *tab) do(script string) {
	x.t.Helper()
	eval[bool](x, "(() => {"+script+"})() ?? true")
}

// visit opens the page, and waits until it plays.
func (x *tab) visit(address string) {
	x.t.Helper()
	x.run(chromedp.Navigate("about:blank"), chromedp.Navigate(address))
	x.until(`document.documentElement?.dataset.ready === "yes"`) // in between there is no document
}

// eval returns what a JavaScript expression is, or what comes of a promise.
func eval[T any](x *tab, script string) T {
	x.t.Helper()
	value, err := chromedp.Run(x.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(x.t, err, script)
	return value
}

// until waits until an expression is true.
func (x *tab) until(script string) {
	x.t.Helper()
	if !x.soon(script) {
		require.FailNow(x.t, "it did not come to be: "+script, "the page says: %s", eval[string](x, `document.getElementById("news")?.textContent + " | rows: " + [...document.querySelectorAll("#rows > li:not([hidden])")].slice(-4).map(li => li.textContent).join(" / ")`))
	}
}

func (x *tab) soon(script string) bool {
	x.t.Helper()
	return eval[bool](x, fmt.Sprintf(`new Promise((done) => {
		const end = performance.now() + %d;
		const look = () => !!(%s) ? done(true) : performance.now() > end ? done(false) : setTimeout(look, 20);
		look();
	})`, patience.Milliseconds()*3/4, script))
}

// key presses a key as a keyboard does.
func (x *tab) key(keys ...string) {
	x.t.Helper()
	for _, k := range keys {
		x.run(chromedp.KeyEvent(k))
	}
}

// tabTo presses the tabulator until the focus is on an element.
func (x *tab) tabTo(selector string) {
	x.t.Helper()
	for range 120 {
		if eval[bool](x, fmt.Sprintf(`!!document.activeElement?.matches(%q)`, selector)) {
			return
		}
		x.key(kb.Tab)
	}
	require.FailNow(x.t, "no way by keyboard to "+selector)
}

// tap touches an element as a finger does, at its middle. A target must be 24 px large
// (WCAG 2.2, 2.5.8).
func (x *tab) tap(selector string) {
	x.t.Helper()
	at := x.middle(selector)
	x.run(finger(input.DispatchTouchEventTypeTouchStart, at[0], at[1]), finger(input.DispatchTouchEventTypeTouchEnd))
}

// swipe moves a finger sideways over an element.
func (x *tab) swipe(selector string) {
	x.t.Helper()
	at := x.middle(selector)
	x.run(finger(input.DispatchTouchEventTypeTouchStart, at[0], at[1]), finger(input.DispatchTouchEventTypeTouchMove, at[0]+30, at[1]),
		finger(input.DispatchTouchEventTypeTouchMove, at[0]+60, at[1]), finger(input.DispatchTouchEventTypeTouchEnd))
}

// finger is what a finger does at a place; it leaves from nowhere.
func finger(does input.DispatchTouchEventType, at ...float64) chromedp.Action[chromedp.Void] {
	points := []*input.TouchPoint{}
	if len(at) == 2 {
		points = append(points, &input.TouchPoint{X: at[0], Y: at[1]})
	}
	return command(input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: does, TouchPoints: points})
}

func (x *tab) middle(selector string) []float64 {
	x.t.Helper()
	x.until(fmt.Sprintf(`!!document.querySelector(%q)`, selector))
	at := eval[[]float64](x, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: "nearest", inline: "nearest" });
		const box = e.getBoundingClientRect();
		const x = box.left + box.width / 2, y = box.top + box.height / 2;
		return [x, y, box.width, box.height, e.contains(document.elementFromPoint(x, y)) ? 1 : 0];
	})()`, selector))
	require.EqualValues(x.t, 1, at[4], "%s is covered by something, or not on the screen, at %v", selector, at[:2])
	assert.GreaterOrEqual(x.t, at[2], 24.0, "width of %s", selector)
	assert.GreaterOrEqual(x.t, at[3], 24.0, "height of %s", selector)
	return at
}

// rows are those of the ladder that are shown.
func (x *tab) rows() []string {
	x.t.Helper()
	return eval[[]string](x, `[...document.querySelectorAll("#rows > li:not([hidden])")].map((li) => li.textContent)`)
}

// adds does what adds rows to the ladder, and waits for them: until then what is in the air
// may move from under a finger.
func (x *tab) adds(act func()) {
	x.t.Helper()
	before := len(x.rows())
	act()
	x.until(fmt.Sprintf(`document.querySelectorAll("#rows > li:not([hidden])").length > %d`, before))
}

// shoot keeps a picture where PAGE_PICTURES names a folder, for somebody to look at.
func (x *tab) shoot(name string) {
	folder := os.Getenv("PAGE_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(x.ctx, chromedp.CaptureScreenshot())
	require.NoError(x.t, err)
	require.NoError(x.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o666))
}

// quoted writes a text for JavaScript.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(data), "`", "\\u0060")
}
