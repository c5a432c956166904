package page

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These are what somebody has stumbled on who saw the page for the first time.

// shown are the rows of the ladder that are shown, in JavaScript.
const shown = `document.querySelectorAll("#rows > li:not([hidden])").length`

// Who loses the FIN in the midst of a wait stays at the moment that is looked at; undone, it
// is as it was before, and all goes on.
func TestUndoOfAFork(t *testing.T) {
	onBoth(t, "#5.1", english, func(t *testing.T, x *tab, _ string, _ screen) {
		before, clock := x.rows(), `document.getElementById("clock").textContent`
		require.Equal(t, "1.24 s", eval[string](x, clock))
		x.do(`document.querySelector(".chip").click()`)
		x.do(`document.querySelector("[data-id=lose]").click()`)
		x.until(`document.querySelector(".row.lost")`)
		assert.Equal(t, "1.24 s", eval[string](x, clock), "nothing has passed")
		assert.Equal(t, before, x.rows()[:len(before)])
		x.do(`document.getElementById("undo").click()`)
		x.until(`!document.querySelector(".row.lost")`)
		assert.Equal(t, before, x.rows())
		assert.True(t, eval[bool](x, `document.getElementById("futures").hidden`), "no second tab stays behind")
		assert.False(t, eval[bool](x, `document.getElementById("next").disabled`))
		x.adds(func() { x.key(kb.ArrowRight) })
		assert.Contains(t, strings.Join(x.rows()[len(before):], "\n"), "CLOSE-\u200bWAIT", "the FIN has come")
	})
}

// Where a story ends in the midst of quiet, what comes next is still there, and the clock
// shows the end of the wait.
func TestNextAfterAWait(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#1;plain;isn.A.100;isn.B.300;without.A.5;listen.B.80;connect.A.50000.80;step.3;close.A;step.2;close.B;dup.6.1500;step.2;connect.A.50000.80;step.3;write.A.5;wait.300")
	assert.Equal(t, "1.3 s", eval[string](x, `document.getElementById("clock").textContent`))
	assert.Contains(t, eval[string](x, `document.querySelector(".chip").textContent`), "arrives in 0.8 s")
	assert.False(t, eval[bool](x, `document.getElementById("next").disabled || document.getElementById("skip").disabled`))
	x.adds(func() { x.key(kb.ArrowRight) })
}

// After a scenario was picked the keyboard is at the ladder, and keys act; a segment is a few
// tabulators away.
func TestPickByKeyboard(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#4.2")
	at := `document.activeElement.id`
	x.tabTo("#scenario")
	x.key(kb.ArrowRight)
	x.until(shown + ` > 0 && document.getElementById("scenario").value === "4.2"`)
	x.key(kb.ArrowDown, kb.ArrowDown, kb.Enter) // opens the list, goes on in it, takes what is there
	x.until(`document.getElementById("scenario").value !== "4.2" && ` + at + ` === "wire"`)
	x.tabTo("#scenario")
	x.key(kb.Escape)
	x.until(at + ` === "wire"`)

	x.visit(served(t) + "#5.1")
	x.tabTo("#scenario")
	x.key(kb.Enter)
	x.until(at + ` === "wire"`)
	x.adds(func() { x.key(kb.ArrowRight) })
	x.until(`document.getElementById("scenario").value === "5.1" && document.querySelector("#barA").textContent.includes("CLOSE-WAIT")`)
	x.key(kb.Tab)
	assert.Equal(t, eval[int](x, shown)-1, eval[int](x, `+document.activeElement.parentElement.dataset.n`), "the last row is the one stop of all rows")
	x.key(kb.ArrowUp)
	assert.Equal(t, eval[int](x, shown)-2, eval[int](x, `+document.activeElement.parentElement.dataset.n`))
	x.key(kb.ArrowDown, kb.Tab)
	x.until(`document.activeElement.matches(".chip")`)
	x.run(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(2<<2))) // Shift
	x.key(kb.ArrowDown)
	x.until(`document.activeElement.matches(".chip")`)
	x.key(kb.Enter)
	x.until(`document.querySelector(".chip[aria-pressed=true]")`)
}

// While the program is loaded the page shows no other story than what was asked for, and
// nothing that could be pressed in vain.
func TestWhileLoading(t *testing.T) {
	t.Parallel()
	e, err := export()
	require.NoError(t, err)
	files, wait := http.FileServer(http.Dir(e.folder)), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "tcp.bin") {
			<-wait
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	x := open(t, desk)
	for hash, c := range map[string]struct {
		chosen string
		rows   int
	}{"": {"5.1", 38}, "#5.1": {"5.1", 38}, "#4.2": {"4.2", 0}, "#5.1=1;plain;listen.B.80": {"5.1", 0}, "#1;plain;listen.B.80": {"", 0}} {
		x.run(chromedp.Navigate("about:blank"), chromedp.Navigate(server.URL+"/"+hash))
		x.until(`!document.getElementById("news").hidden`)
		assert.Equal(t, c.chosen, eval[string](x, `document.getElementById("scenario").value`), hash)
		assert.Equal(t, c.rows, eval[int](x, shown), hash)
		assert.Equal(t, []string{}, eval[[]string](x, `[...document.querySelectorAll("button, select")].filter((b) => !b.disabled && !b.closest("[inert]") && b.checkVisibility()).map((b) => b.id).filter((id) => !["tongue", "help"].includes(id))`), hash)
		assert.NotContains(t, eval[string](x, `document.getElementById("p-bet").textContent`), "Nothing is asked")
	}
	x.shoot("loading")
	close(wait)
	x.until(`document.documentElement.dataset.ready === "yes" && !document.querySelector("[inert]")`)
}

// The guards are to be seen when the answer is, and the answer also by who has made no bet.
func TestGuardsAreSeen(t *testing.T) {
	onBoth(t, "#5.1", bothLanguages, func(t *testing.T, x *tab, name string, _ screen) {
		assert.Contains(t, eval[string](x, `document.getElementById("p-bet").textContent`), "3 transfer", "what chapters are")
		for range 4 {
			x.adds(func() { x.key(kb.ArrowRight) })
			if eval[bool](x, answered+` !== null`) {
				break
			}
		}
		x.until(answered)
		for i := range 3 {
			assert.True(t, eval[bool](x, fmt.Sprintf(`(() => {
				const b = document.querySelector("[data-id=without%d]"), box = b.getBoundingClientRect();
				return [box.top + 1, box.bottom - 1].every((y) => b.contains(document.elementFromPoint(box.left + box.width / 2, y)));
			})()`, i)), "guard %d is on the screen", i)
		}
		x.shoot("seen-" + strings.Replace(name, "?lang=", "", 1))
	})
}

// A link made in a scenario is that scenario's to who opens it: in a guard's run, and where
// something was changed.
func TestLinkOfAScenario(t *testing.T) {
	t.Parallel()
	at := served(t)
	x, y := open(t, desk), open(t, desk)
	bet := `document.getElementById("p-bet").textContent`
	where := `document.getElementById("when").textContent`
	same := func(story string) {
		t.Helper()
		x.do(`document.getElementById("link").click()`) // which writes the address at once
		link := eval[string](x, `location.href`)
		assert.Contains(t, link, "#5.1=1;plain")
		y.visit(link)
		assert.Equal(t, "5.1", eval[string](y, `document.getElementById("scenario").value`))
		assert.Equal(t, eval[string](x, bet), eval[string](y, bet))
		assert.Equal(t, eval[string](x, where), eval[string](y, where))
		assert.Equal(t, x.rows(), y.rows())
		assert.Equal(t, story, eval[string](y, `document.querySelector("#futures button").textContent`))
		assert.True(t, eval[bool](y, `document.getElementById("news").hidden`))
	}
	x.visit(at + "#5.1")
	x.key(kb.ArrowLeft)
	x.until(shown + ` < 38 && location.hash.includes("@")`)
	assert.Contains(t, eval[string](x, where), "of 38", "the answer is not given away")
	same("5.1")

	x.visit(at + "#5.1")
	x.do(`document.querySelector(".chip").click()`)
	x.key("x")
	x.until(`document.querySelector(".row.lost") && location.hash.includes("lose.7")`)
	same("Future 1")

	x.visit(at + "#5.1")
	for range 4 {
		x.key(kb.ArrowRight)
	}
	x.until(answered)
	x.do(`document.querySelector("[data-id=without0]").click()`)
	x.until(bet + `.includes("TIME-WAIT has kept socket 1")`)
	n := eval[int](x, shown)
	x.key(kb.ArrowLeft)
	x.until(fmt.Sprintf(shown+` < %d && location.hash.includes("@")`, n))
	assert.Contains(t, eval[string](x, where), fmt.Sprintf("of %d", n))
	same("with TIME-WAIT (chapter 5)")
	assert.True(t, eval[bool](y, `document.querySelector("[data-id=without0]").getAttribute("aria-pressed") === "true"`))

	// An old link, without the name, is still played; and where it is a scenario's, it is that one's.
	y.visit(strings.Replace(eval[string](x, `location.href`), "#5.1=", "#", 1))
	assert.Equal(t, "5.1", eval[string](y, `document.getElementById("scenario").value`))
	assert.Equal(t, x.rows(), y.rows())
}

// Words: rows say whose set-up they are, relative numbers are explained, what is folded says
// how it is unfolded.
func TestWords(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#1;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3;write.A.5;step.2")
	rows := strings.Join(x.rows(), "\n")
	assert.Contains(t, rows, "A: initial sequence number: always 100")
	assert.Contains(t, rows, "B: initial sequence number: always 300")
	x.do(`[...document.querySelectorAll(".row.sent .what")].at(-1).click()`)
	said := eval[string](x, `document.getElementById("p-segment").textContent`)
	assert.Contains(t, said, "acknowledges up to 5 (counted from each side's first number, which is 0: SEQ 1, ACK 6)")
	assert.Contains(t, said, "(ts: the sender's clock / the clock it last heard)")
	fold := `document.getElementById("sw-fold")`
	x.do(fold + `.click()`)
	assert.Equal(t, "Unfold", eval[string](x, fold+`.textContent`))
	assert.Equal(t, "false", eval[string](x, fold+`.getAttribute("aria-expanded")`))
	x.do(`document.querySelector("[data-panel=states]").click()`)
	assert.Equal(t, "Fold", eval[string](x, fold+`.textContent`))
}

// Nothing is cut off: texts on the ladder, addresses of strangers, the tabs below.
func TestNothingIsCut(t *testing.T) {
	onBoth(t, "#1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3;close.A;step.2;close.B;step.2;write.A.5;listen.B.80;skip", english, func(t *testing.T, x *tab, name string, s screen) {
		cut := `[...document.querySelectorAll(".row:is(.call, .timeout) .what > span")].filter((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight || e.offsetHeight > e.parentElement.offsetHeight).map((e) => e.textContent)`
		assert.Empty(t, eval[[]string](x, cut))
		assert.Empty(t, eval[[]string](x, `[...document.querySelectorAll(".row .err")].filter((e) => e.clientHeight < 1.2 * parseFloat(getComputedStyle(e).fontSize)).map((e) => e.textContent)`), "room for descenders")
		assert.LessOrEqual(t, eval[int](x, `(() => { const s = document.getElementById("switch"); return s.scrollWidth - s.clientWidth; })()`), 0, "tabs")
		x.shoot("cut-" + name)
		x.visit(eval[string](x, `location.origin + "/"`) + "#2.4")
		if s.width < 960 {
			x.do(`document.getElementById("barB").click()`)
		}
		assert.Empty(t, eval[[]string](x, `[document.getElementById("hostB"), ...document.querySelectorAll("#hostB .socks button")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)`), "B's pane")
		x.shoot("strangers-" + name)
	})
}
