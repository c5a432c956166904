package page

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var reduced = map[string]string{"prefers-reduced-motion": "reduce"}

// bets are scenarios, the right choice in each, and what the ladder shows in the end.
var bets = []struct {
	scenario string
	right    int
	shows    string
}{
	{"2.1", 0, "ESTAB\u00adLISHED"},
	{"5.1", 2, "CLOSE-\u200bWAIT"},
}

const answered = `document.querySelector("#p-bet .right")`

// A scenario is gone through by keyboard alone: the bet, the answer, a segment that is
// lost, an undo.
func TestByKeyboard(t *testing.T) {
	at := served(t)
	for _, width := range []int64{1280, 390} {
		for _, b := range bets {
			t.Run(fmt.Sprintf("%s, %d px", b.scenario, width), func(t *testing.T) {
				t.Parallel()
				x := open(t, screen{width: width, height: 800, features: reduced})
				x.visit(at + "#" + b.scenario)
				x.tabTo(fmt.Sprintf("[data-id=choice%d]", b.right))
				x.key(kb.Enter)
				x.until(`document.activeElement.dataset.id === "letit"`)
				x.key(kb.Enter)
				x.until(answered)
				x.until(fmt.Sprintf(`document.querySelector("#rows").textContent.includes(%s)`, quoted(b.shows)))

				x.do(`document.activeElement.blur()`)
				x.adds(func() { x.key("1", "w") })
				for range 5 { // until something is in the air: Nagle may keep the text back
					if eval[bool](x, `!!document.querySelector(".chip")`) {
						break
					}
					x.adds(func() { x.key(kb.ArrowRight) })
				}
				x.key(kb.ArrowDown)
				x.until(`document.querySelector(".chip[aria-pressed=true]")`)
				x.key("x")
				x.until(`document.querySelector(".row.lost")`)
				x.run(chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
				x.until(`!document.querySelector(".row.lost")`)
				x.key("?")
				x.until(`!document.querySelector("#p-keys").hidden`)
			})
		}
	}
}

// And by touch alone.
func TestByTouch(t *testing.T) {
	at := served(t)
	for _, width := range []int64{1280, 390} {
		for _, b := range bets {
			t.Run(fmt.Sprintf("%s, %d px", b.scenario, width), func(t *testing.T) {
				t.Parallel()
				x := open(t, screen{width: width, height: 844, touch: true})
				x.visit(at + "#" + b.scenario)
				x.tap(fmt.Sprintf("[data-id=choice%d]", b.right))
				x.tap("[data-id=letit]")
				x.until(answered)
				x.until(fmt.Sprintf(`document.querySelector("#rows").textContent.includes(%s)`, quoted(b.shows)))
				if width < 960 {
					x.tap("#barA")
				}
				x.adds(func() { x.tap("[data-id=Awrite]") })
				for range 5 {
					if eval[bool](x, `!!document.querySelector(".chip")`) {
						break
					}
					x.adds(func() { x.tap("#next") })
				}
				x.tap("#air li:last-child .chip")
				x.until(`document.querySelector(".chip[aria-pressed=true]")`)
				x.tap("[data-id=lose]")
				x.until(`document.querySelectorAll(".row.lost").length === 1`)
				x.tap("#undo")
				x.until(`!document.querySelector(".row.lost") && document.querySelector("#air .chip")`)
				x.swipe("#air li:last-child .chip")
				x.until(`document.querySelectorAll(".row.lost").length === 1`)
			})
		}
	}
}

// The page is looked at by axe-core in each colouring, at each width and in both
// languages, with each panel; and it never scrolls sideways.
func TestLooks(t *testing.T) {
	at := served(t)
	axe, err := os.ReadFile("testdata/axe.min.js")
	require.NoError(t, err)
	for name, s := range map[string]screen{
		"desk":                  {width: 1280, height: 800},
		"desk, dark":            {width: 1280, height: 800, features: map[string]string{"prefers-color-scheme": "dark"}},
		"telephone":             {width: 390, height: 844, touch: true},
		"telephone, dark":       {width: 390, height: 844, touch: true, features: map[string]string{"prefers-color-scheme": "dark", "prefers-reduced-motion": "reduce"}},
		"320 px":                {width: 320, height: 640, touch: true},
		"desk, forced colours":  {width: 1280, height: 800, features: map[string]string{"forced-colors": "active"}},
		"desk, Korean":          {width: 1280, height: 800},
		"telephone, Korean":     {width: 390, height: 844, touch: true},
		"desk, large text":      {width: 1280, height: 800, text: 32},
		"telephone, large text": {width: 390, height: 844, touch: true, text: 32},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := open(t, s)
			query := ""
			if strings.Contains(name, "Korean") {
				query = "?lang=ko"
			}
			x.visit(at + query + "#5.1")
			if name == "320 px" { // as on a telephone; what counts is the width
				assert.LessOrEqual(t, eval[int](x, `document.documentElement.scrollWidth`), 320, "it scrolls sideways")
				x.shoot("320-px")
				return
			}
			room := eval[float64](x, `document.getElementById("wire").clientHeight / parseFloat(getComputedStyle(document.documentElement).fontSize)`)
			assert.Greater(t, room, 6.0, "rem for the ladder")
			x.do(string(axe))
			x.do(`document.querySelector(".chip").click(); document.querySelector("[data-id=header]").parentElement.open = true; document.querySelector("[data-id=choice2]").click(); document.querySelector("#undo").focus()`)
			panels := []string{"bet", "segment"}
			if name == "desk" || name == "telephone, dark" { // elsewhere the others are coloured alike
				panels = append(panels, "states", "story", "compare", "keys")
			}
			for _, panel := range panels {
				x.do(fmt.Sprintf(`document.querySelector("[data-panel=%s]").click()`, panel))
				wrong := eval[[]string](x, `axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) =>
					r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html + " " + (n.any[0]?.message ?? "")).join(" | ")))`)
				assert.Empty(t, wrong, panel)
				wide := eval[[]int](x, `[document.documentElement.scrollWidth, innerWidth]`)
				assert.LessOrEqual(t, wide[0], wide[1], "it scrolls sideways, with %s", panel)
				x.shoot(strings.NewReplacer(" ", "-", ",", "").Replace(name) + "-" + panel)
			}
		})
	}
}

// A link shows somebody else the same; one whose sender saw something else says so.
func TestLink(t *testing.T) {
	t.Parallel()
	at := served(t)
	x := open(t, desk)
	x.visit(at + "#5.1")
	x.do(`document.querySelector(".chip").click()`)
	x.key("d")
	x.until(`document.querySelectorAll(".chip").length === 2`)
	n := len(x.rows())
	x.key(kb.ArrowLeft, kb.ArrowLeft)
	x.until(fmt.Sprintf(`document.querySelectorAll("#rows > li:not([hidden])").length < %d - 1 && location.hash.includes(";dup.7.1500@" + (document.querySelectorAll("#rows > li:not([hidden])").length - 1) + "~")`, n))
	link, rows := eval[string](x, `location.href`), x.rows()

	y := open(t, desk)
	y.visit(link)
	assert.Equal(t, rows, y.rows())
	assert.True(t, eval[bool](y, `document.getElementById("news").hidden`))

	other := []byte(link)
	other[len(other)-1] ^= 1
	y.visit(string(other))
	assert.Contains(t, eval[string](y, `document.getElementById("news").textContent`), "differs from the sender's")

	y.visit(at + "#1;plain;fly.A.5")
	assert.Contains(t, eval[string](y, `document.getElementById("news").textContent`), "fly")
	assert.Len(t, y.rows(), 2, "what stands before it plays: plain, at both hosts")
}

// Back and the tape show the past; who acts there begins another future, and the old one
// stays; undo drops the last action.
func TestScrubForkUndo(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3;write.A.5;step.2;close.A;step.2")
	all := x.rows()
	require.Greater(t, len(all), 12)

	x.do(`(() => { const m = document.getElementById("moment"); m.value = 8; m.dispatchEvent(new Event("input")); })()`)
	x.until(`document.querySelectorAll("#rows > li:not([hidden])").length === 9`)
	assert.Equal(t, all[:9], x.rows())
	assert.Equal(t, 8, eval[int](x, `+document.getElementById("moment").value`))

	x.do(`document.querySelector(".chip").click()`)
	x.key("x")
	x.until(`document.querySelector(".row.lost")`)
	assert.Equal(t, 2, eval[int](x, `document.querySelectorAll("#futures button").length`), "the old future has stayed")
	assert.Equal(t, all[:9], x.rows()[:9])

	x.do(`document.querySelector("#futures button").click()`)
	x.until(`!document.querySelector(".row.lost")`)
	x.key(kb.ArrowRight)
	x.until(`document.querySelectorAll("#rows > li:not([hidden])").length > 9`)
	x.do(`(() => { const m = document.getElementById("moment"); m.value = m.max; m.dispatchEvent(new Event("input")); })()`)

	x.do(`document.querySelectorAll("#futures button")[1].click()`)
	x.until(`document.querySelector(".row.lost")`)
	x.do(`document.getElementById("undo").click()`)
	x.until(`!document.querySelector(".row.lost")`)
	assert.Equal(t, all[:9], x.rows())
}

// Where the reference is alone it is not compared with itself.
func TestNothingToCompare(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	x.do(`document.querySelector("[data-panel=compare]").click()`)
	assert.Contains(t, eval[string](x, `document.querySelector("#p-compare").textContent`), "lab play runs your chapters beside it")
	assert.Contains(t, eval[string](x, `document.querySelector("#p-compare").textContent`), "marks the first row that differs", "what there would be")
	assert.False(t, eval[bool](x, `!!document.querySelector("#p-compare button")`))
}

// The single file runs from the disk, where nothing can be fetched.
func TestSingleFile(t *testing.T) {
	t.Parallel()
	e, err := export()
	require.NoError(t, err)
	x := open(t, telephone)
	x.visit("file://" + e.file)
	n := len(x.rows())
	require.Greater(t, n, 30)
	x.key(kb.ArrowRight)
	x.until(fmt.Sprintf(`document.querySelectorAll("#rows > li:not([hidden])").length > %d`, n))
	assert.Contains(t, strings.Join(x.rows()[n:], "\n"), "CLOSE-\u200bWAIT", "the late FIN")

	// Saved from there, it is a file that begins with what was shown.
	x.do(`window.kept = ""; URL.createObjectURL = (blob) => { blob.text().then((text) => { kept = text; }); return "#"; }; HTMLAnchorElement.prototype.click = () => {};`)
	x.do(`document.querySelector("[data-panel=story]").click()`)
	x.do(`[...document.querySelectorAll("#p-story button")].find((b) => b.textContent === "This page, one file").click()`)
	x.until(`kept !== ""`)
	file := filepath.Join(t.TempDir(), "tcp.html")
	require.NoError(t, os.WriteFile(file, []byte(eval[string](x, `kept`)), 0o666))
	y := open(t, desk)
	y.visit("file://" + file)
	assert.Equal(t, x.rows(), y.rows())
}

// Rows are told once to those who hear the page, and only new ones.
func TestRowsAreToldOnce(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#1;plain;isn.A.100;isn.B.300;listen.B.80")
	assert.Empty(t, eval[string](x, `document.getElementById("said").textContent`))
	x.key("1", "o")
	x.until(`document.getElementById("said").children.length === 1`)
	assert.Contains(t, eval[string](x, `document.getElementById("said").textContent`), "SYN 100")
	x.key(kb.ArrowRight)
	x.until(`document.getElementById("said").children.length === 2`)
	assert.Equal(t, 1, strings.Count(eval[string](x, `document.getElementById("said").textContent`), "A sends SYN 100"))
	assert.Equal(t, "OL", eval[string](x, `document.getElementById("rows").tagName`))
}

// Each of the three guards of the late FIN says in the end what it alone has done.
func TestGuards(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	before := `document.querySelector("#p-bet").textContent`
	x.do(`document.querySelector("[data-id=choice0]").click()`)
	assert.False(t, eval[bool](x, answered+` !== null`), "nothing is given away")
	x.key(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)
	x.until(answered) // whoever goes on to the end by himself hears what was right, too
	assert.Contains(t, eval[string](x, before), "Your bet, “drop it: nobody is there”, was wrong. Right is: ✓ close the new conversation. The addresses and ports")
	x.shoot("verdict")
	for i, says := range []string{"TIME-WAIT has kept socket 1", "its numbers begin elsewhere", "each segment carries its sender's clock"} {
		x.do(fmt.Sprintf(`document.querySelector("[data-id=without%d]").click()`, i))
		x.until(before + `.includes(` + quoted(says) + `)`)
		assert.True(t, eval[bool](x, fmt.Sprintf(`document.querySelector("[data-id=without%d]").getAttribute("aria-pressed") === "true"`, i)))
		assert.NotContains(t, eval[string](x, before), "otherwise", "it is the reference that plays")
		x.shoot(fmt.Sprintf("guard-%d", i+1))
	}
	n := eval[int](x, shown)
	x.key(kb.ArrowLeft)
	x.until(fmt.Sprintf(shown+` < %d`, n))
	assert.Contains(t, eval[string](x, before), "sender's clock", "what was explained once stays, as the answer does")
	x.do(`document.querySelector("[data-id=asTold]").click()`)
	x.until(before + `.includes("close the new conversation. The addresses and ports")`)
}

// A key that can do nothing says what to do.
func TestKeysInVain(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	news := `!document.getElementById("news").hidden && document.getElementById("news").textContent`
	x.key("x")
	x.until(news + `.includes("Choose a segment in the air first")`)
	x.shoot("in-vain")
	x.key(kb.ArrowDown)
	x.until(`document.getElementById("news").hidden`)
	x.visit(served(t) + "#1;plain")
	x.key("x")
	x.until(news + `.includes("Nothing is in the air")`)
	x.key("1", "w")
	x.until(news + `.includes("A cannot do this now: Send")`)
}
