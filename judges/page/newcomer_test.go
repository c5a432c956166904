package page

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These are what a newcomer has stumbled on who saw nothing but the late FIN, 5.1, and did
// what it says.

// lengths are those of time, as the page writes them.
var lengths = regexp.MustCompile(`[\d.]+( s|초)`)

const bet = `document.getElementById("p-bet").textContent`

// What is to be tried, done word for word by the buttons that it names, comes about.
func TestTriesOfTheLateFIN(t *testing.T) {
	onBoth(t, "#5.1", bothLanguages, func(t *testing.T, x *tab, _ string, _ screen) {
		x.do(`document.querySelector("[data-id=choice2]").click()`)
		x.do(`document.querySelector("[data-id=letit]").click()`)
		x.until(answered)
		tries := eval[[]string](x, `[...document.querySelectorAll(".tries li")].map((li) => li.textContent)`)
		require.Len(t, tries, 3)
		for _, sends := range []bool{true, false} {
			text := tries[1]
			press := func(selector, then string) {
				t.Helper()
				x.until(fmt.Sprintf(`document.querySelector(%q)?.disabled === false`, selector))
				label := eval[string](x, fmt.Sprintf(`document.querySelector(%q).textContent.trim()`, selector))
				label = strings.TrimSpace(lengths.ReplaceAllString(label, "")) // Skip 239.9 s
				_, rest, found := strings.Cut(text, label)
				require.True(t, found, "%q comes next, in %q", label, text)
				text = rest
				x.do(fmt.Sprintf(`document.querySelector(%q).click()`, selector))
				x.until(then)
			}
			more := func() string { return fmt.Sprintf(shown+` > %d`, eval[int](x, shown)) }
			press("[data-id=without0]", shown+` > 0 && document.querySelector("[data-id=without0]").getAttribute("aria-pressed") === "true" && document.getElementById("rows").textContent.includes("TIME-\u200bWAIT")`)
			n := eval[int](x, shown)
			press("#back", fmt.Sprintf(shown+` < %d && document.querySelector(".chip small")`, n))
			copied := `[...document.querySelectorAll(".chip")].find((c) => /6/.test(c.querySelector("small").textContent))`
			x.do(copied + `.click()`)
			press("[data-id=hold]", more())
			press("#skip", `document.querySelector("#rows > li:last-child").textContent.includes("CLOSED") && document.querySelector("#barA").textContent.includes("CLOSED")`)
			assert.Contains(t, text, "TIME-WAIT")
			press("[data-id=Aconnect]", more())
			x.until(`document.querySelectorAll(".chip").length === 2`)
			for range 3 {
				rest := text
				then := more()
				press("#next", then)
				text = rest // it says once that it is pressed three times
			}
			x.until(`document.querySelector("#barA").textContent.includes("ESTABLISHED")`)
			if sends {
				press("[data-id=Awrite]", more())
			}
			x.do(copied + `.click()`)
			press("[data-id=now]", more())
			if sends {
				x.until(`document.querySelector("#barA").textContent.includes("CLOSE-WAIT")`)
				assert.Contains(t, text, "CLOSE-WAIT")
				continue
			}
			x.until(`document.querySelector(".row.dropped")`)
			assert.Contains(t, eval[string](x, `document.querySelector("#barA").textContent`), "ESTABLISHED")
			assert.Contains(t, tries[2], "102")
			x.do(`document.querySelector(".row.dropped .what").click()`)
			assert.Contains(t, eval[string](x, `document.getElementById("p-segment").textContent`), "ACK 102")
			assert.Contains(t, eval[string](x, `document.getElementById("p-segment").textContent`), "SND.NXT 101")
		}
	})
}

// The answer belongs to the rows that show it: where the user has made something else of
// the story, nothing is asked, and what was told is told of the story.
func TestAnswerOfTheStory(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	x.do(`document.querySelector(".chip").click()`)
	x.key("x")
	x.until(`document.querySelector(".row.lost")`)
	assert.NotContains(t, eval[string](x, bet), "The copy comes to A", "it has been lost")
	assert.False(t, eval[bool](x, `!!document.querySelector("[data-id=choice0], [data-id=letit]")`), "nothing can happen")
	x.shoot("own-future")
	x.do(`document.querySelector("[data-id=toQuestion]").click()`)
	x.until(bet + `.includes("The copy comes to A") && !document.querySelector(".row.lost")`)
	assert.Equal(t, 2, eval[int](x, `document.querySelectorAll("#futures button").length`), "the story is there already")
	x.do(`document.querySelector("[data-id=choice2]").click()`)
	x.do(`document.querySelector("[data-id=letit]").click()`)
	x.until(answered)
	assert.Contains(t, eval[string](x, bet), "Your bet was right: ✓ close the new conversation.")

	x.do(`document.querySelector("[data-id=without0]").click()`)
	x.until(bet + `.includes("TIME-WAIT has kept socket 1")`)
	assert.NotContains(t, eval[string](x, bet), "CLOSE-WAIT, and its application", "there is no socket 2")
	x.key(kb.ArrowLeft)
	x.until(`document.querySelector(".chip")?.textContent.includes("a copy")`)
	x.do(`document.querySelector(".chip").click()`)
	x.key("x")
	x.until(`document.querySelector(".row.lost")`)
	said := eval[string](x, bet)
	assert.NotContains(t, said, "Your bet")
	assert.NotContains(t, said, "TIME-WAIT has kept")
	assert.Contains(t, said, "In the story as it was told: ✓ close the new conversation.")
}

// Who goes on without a bet is told what was right as soon as it has happened.
func TestWithoutABet(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	x.adds(func() { x.key(kb.ArrowRight) })
	x.until(answered)
	assert.Contains(t, eval[string](x, bet), "You went on without a bet. Right is: ✓ close the new conversation.")
	assert.False(t, eval[bool](x, `!!document.querySelector("[data-id=choice0]")`), "nothing is asked after the fact")
	assert.Contains(t, eval[string](x, `document.getElementById("said").textContent`), "close the new conversation.", "those who hear the page are told")
}

// Keys act on the segment that has the focus; Enter presses the button that has it.
func TestKeysOfAFocusedSegment(t *testing.T) {
	t.Parallel()
	at := served(t)
	x := open(t, desk)
	x.visit(at + "#5.1")
	x.tabTo(".chip")
	x.key("x")
	x.until(`document.querySelector(".row.lost")`)
	assert.True(t, eval[bool](x, `document.getElementById("news").hidden`))

	x.visit(at + "#5.1")
	x.tabTo(".chip")
	n := eval[int](x, shown)
	x.key(kb.Enter)
	x.until(`document.querySelector(".chip[aria-pressed=true]")`)
	assert.Equal(t, "N", eval[string](x, `document.querySelector("[data-id=now]").getAttribute("aria-keyshortcuts")`))
	x.key(kb.Enter, "h") // chooses again what is chosen; holds it
	x.until(fmt.Sprintf(shown+` === %d`, n+1))
	assert.Contains(t, x.rows()[n], "held", "and it has not arrived before")
	x.key("n")
	x.until(`document.querySelector("#barA").textContent.includes("CLOSE-WAIT")`)
}

// What was not taken does not look like what was: its line ends with a cross, its row says
// why, and its details which check.
func TestDroppedIsSeen(t *testing.T) {
	onBoth(t, "#5.1", english, func(t *testing.T, x *tab, name string, s screen) {
		x.key(kb.ArrowRight)
		x.until(answered)
		taken := `document.querySelectorAll("#done g:not([visibility=hidden]):has(line):not(:has(line[marker-end]))").length`
		assert.Equal(t, 0, eval[int](x, taken), "all heads are there: the copy was taken")
		for i, c := range []struct{ row, check string }{
			1: {"dropped: SEQ not in the window", `SEQ \d+ is not in the window \d+…\d+`}, 2: {"dropped: old timestamp", `TSval \d+ < TS.Recent \d+ \(PAWS\)`},
		} {
			if c.row == "" {
				continue
			}
			x.do(fmt.Sprintf(`document.querySelector("[data-id=without%d]").click()`, i))
			x.until(`document.querySelector(".row.dropped")`)
			x.until(fmt.Sprintf(`document.querySelector(".row.dropped").textContent.includes(%q)`, c.row))
			assert.Equal(t, 1, eval[int](x, taken))
			assert.True(t, eval[bool](x, `!!document.querySelector("#done .late .mark") && getComputedStyle(document.querySelector("#done .late .mark")).stroke !== "none"`), "a cross")
			assert.Empty(t, eval[[]string](x, `[...document.querySelectorAll(".row.dropped .what > span:not(.vh)")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)`), "cut off")
			if s.width > 960 && i == 2 {
				assert.True(t, eval[bool](x, `(() => {
					const th = document.querySelector("#hostA .vars th"), box = th.getBoundingClientRect();
					return th.textContent === "TS.Recent" && th.contains(document.elementFromPoint(box.left + 5, box.bottom - 2));
				})()`), "what it was compared with is on the screen")
			}
			x.shoot(fmt.Sprintf("dropped-%s-%d", name, i))
			x.do(`document.querySelector(".row.dropped .what").click()`)
			assert.Regexp(t, c.check, eval[string](x, `document.getElementById("p-segment").textContent`))
			x.shoot(fmt.Sprintf("check-%s-%d", name, i))
			x.do(`document.querySelector("[data-panel=bet]").click()`)
		}
	})
}

// A guard that was played already is gone to; its buttons stay where they are, and the copy's
// row is on the screen.
func TestGuardsStayInPlace(t *testing.T) {
	onBoth(t, "#5.1", english, func(t *testing.T, x *tab, _ string, _ screen) {
		x.do(`document.querySelector("[data-id=choice2]").click()`)
		x.do(`document.querySelector("[data-id=letit]").click()`)
		x.until(answered)
		places := `[0, 1, 2].map((i) => { const b = document.querySelector("[data-id=without" + i + "]").getBoundingClientRect(); return [b.left, b.top]; }).flat().map(Math.round)`
		var where []int
		for i, tabs := range []int{2, 3, 4, 4, 4} {
			guard := fmt.Sprintf("[data-id=without%d]", i%3)
			x.do(fmt.Sprintf(`document.querySelector(%q).click()`, guard))
			x.until(fmt.Sprintf(`document.querySelector(%q).getAttribute("aria-pressed") === "true" && document.querySelector("#futures [aria-current]").textContent.startsWith(document.querySelector(%q).textContent)`, guard, guard))
			assert.Equal(t, tabs, eval[int](x, `document.querySelectorAll("#futures button").length`), "press %d", i+1)
			if where == nil {
				where = eval[[]int](x, places)
			}
			assert.Equal(t, where, eval[[]int](x, places), "press %d", i+1)
			assert.True(t, eval[bool](x, `(() => {
				const row = [...document.querySelectorAll("#rows > li:not([hidden]) .row.arrived")].findLast((r) => r.textContent.includes("FIN")).querySelector(".what").getBoundingClientRect();
				const wire = document.getElementById("wire").getBoundingClientRect();
				return row.top >= wire.top && row.bottom <= wire.bottom;
			})()`), "press %d: the copy's row", i+1)
		}
	})
}

// Lines run behind labels, also where a row is chosen, and a chosen row hides none. What
// colours say stands beside the ladder.
func TestLinesAndLabels(t *testing.T) {
	onBoth(t, "#1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step;slow.2.1500;hold.2", english, func(t *testing.T, x *tab, name string, s screen) {
		x.do(`[...document.querySelectorAll(".row .what")].at(-1).click()`)
		x.until(`document.querySelector(".row.chosen")`)
		bare := `[...document.querySelectorAll(".row:is(.sent, .note, .call) .what > span:not(.vh)")].filter((e) => {
			const style = getComputedStyle(e), lines = getComputedStyle(document.getElementById("lines"));
			return style.backgroundImage === "none" || !(style.zIndex > lines.zIndex) || e.closest(".row.note") && style.backgroundSize !== "100% 100%";
		}).map((e) => e.textContent)`
		assert.Empty(t, eval[[]string](x, bare))
		assert.Equal(t, "1", eval[string](x, `getComputedStyle(document.getElementById("lines")).zIndex`), "above what is chosen")
		x.shoot("lines-" + name)
		legend := `document.querySelector("#p-segment .legend")`
		assert.Contains(t, eval[string](x, legend+`.textContent`), "closing: FIN-WAIT, CLOSE-WAIT")
		x.do(`document.querySelector(".row.chosen .what").click()`)
		assert.Equal(t, s.width > 960, eval[bool](x, legend+`.open`), "folded on a telephone")
		x.do(`document.querySelector("[data-panel=segment]").click(); ` + legend + `.querySelector("summary").click()`)
		x.until(fmt.Sprintf(legend+`.open === %t`, s.width < 960))
		x.adds(func() { x.key(kb.ArrowRight, "1", "w") })
		assert.Equal(t, s.width < 960, eval[bool](x, legend+`.open`), "as it was left")
		x.shoot("legend-" + name)
	})
}

// A link is to the moment that is shown, and the button says so.
func TestLinkSaysUpToWhere(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	x.do(`Object.defineProperty(navigator, "clipboard", { value: { writeText: async () => {} } })`)
	link := `document.getElementById("link")`
	assert.Contains(t, eval[string](x, link+`.title`), "opens at the row that is shown")
	x.key(kb.ArrowLeft)
	x.until(shown + ` < 38`)
	x.do(link + `.click()`)
	x.until(fmt.Sprintf(link+`.textContent === "Copied: up to row %d"`, eval[int](x, shown)))
}

// Keys that follow each other faster than the story is played all count.
func TestQuickKeys(t *testing.T) {
	t.Parallel()
	x := open(t, desk)
	x.visit(served(t) + "#5.1")
	x.do(`document.querySelector(".chip").click();
		for (const key of ["d", "x", "w"]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));`)
	x.until(`location.hash.includes(";lose.7;write.A.5")`)
	assert.Contains(t, eval[string](x, `location.hash`), ";dup.7.1500;lose.7;write.A.5")
	assert.Equal(t, 2, eval[int](x, `document.querySelectorAll("#futures button").length`), "one other future")
}
