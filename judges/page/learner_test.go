package page

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bad is what a learner's Open does, by the port that it is to connect to.
const bad = `
	switch b.Remote.Port() {
	case 1:
		var none *tcp.TCB
		none.State = tcp.Closed
	case 2:
		for b.Passive == b.Passive {
		}
	case 3:
		os.Exit(0)
	case 4:
		var again func(int) int
		again = func(n int) int { return again(n+1) + 1 }
		again(0)
	case 5:
		var all [][]byte
		for {
			all = append(all, make([]byte, 16<<20))
		}
	case 6:
		<-make(chan int)
	}
`

// Whatever a learner's code does, the page says it in a sentence, and goes on.
func TestBadCode(t *testing.T) {
	t.Parallel()
	w := workbook(t)
	handIn(t, w, "02-handshake", func(name, text string) string {
		if name != "open.go" {
			return text
		}
		text = strings.Replace(text, "import (", "import (\n\t\"os\"", 1)
		return strings.Replace(text, "\tbegin(b, iss)\n", bad+"\tbegin(b, iss)\n", 1)
	})
	at := play(t, w, "2.1")
	x := open(t, desk)
	x.visit(at)
	assert.Contains(t, eval[string](x, `document.getElementById("hostA").textContent`), "yours: 2")
	for _, c := range []struct{ port, says string }{
		{"1", "panic"}, {"2", "endless loop"}, {"3", "os.Exit"}, {"4", "stack overflowed"}, {"5", "more memory"}, {"6", "waits for something"},
	} {
		begin := time.Now()
		x.visit(at + "#1;plain;isn.A.100;listen.B.80")
		rows := len(x.rows())
		x.do(`document.querySelector("#hostA summary").click()`)
		x.until(`document.querySelector("[data-id=Aport]")`)
		x.do(`const p = document.querySelector("[data-id=Aport]"); p.value = "` + c.port + `"; p.dispatchEvent(new Event("change"))`)
		x.do(`document.querySelector("[data-id=Aconnect]").click()`)
		x.until(`!document.getElementById("news").hidden && document.getElementById("news").textContent.includes(` + quoted(c.says) + `)`)
		t.Logf("%s: said after %v", c.says, time.Since(begin).Round(10*time.Millisecond))
		x.do(`document.activeElement.blur()`)
		x.do(`document.getElementById("undo").click()`)
		x.until(`document.getElementById("news").hidden`)
		x.until(`document.querySelectorAll("#rows > li").length === ` + strconv.Itoa(rows)) // it goes on
		x.do(`const p = document.querySelector("[data-id=Aport]"); p.value = "80"; p.dispatchEvent(new Event("change"))`)
		x.do(`document.querySelector("[data-id=Aconnect]").click()`)
		x.until(`document.getElementById("rows").textContent.includes("SYN 100")`)
	}
}

// A save is played: the same actions with what was saved, and the first row that has
// changed is marked. What does not compile is shown, and the page goes on with the old.
func TestSave(t *testing.T) {
	t.Parallel()
	w := workbook(t)
	same := func(_, text string) string { return text }
	handIn(t, w, "05-timewait", same)
	at := play(t, w, "2.1")
	x := open(t, desk)
	x.visit(at + "#1;plain;isn.A.100;isn.B.300;listen.B.80;connect.A.50000.80;step.3;close.A;step.2;close.B;step.2")
	assert.Contains(t, strings.Join(x.rows(), "\n"), "TIME-\u200bWAIT", "A keeps its socket")
	x.until(`document.documentElement.dataset.hears === "yes"`)

	file := filepath.Join(w, "chapters/05-timewait/timewait.go")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	enter := "func (Chapter) Enter(b *tcp.TCB, now time.Time) {\n"
	require.Contains(t, string(text), enter)
	begin := time.Now()
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), enter, enter+"\tb.State = tcp.Closed\n\treturn\n", 1)), 0o666))
	x.until(`document.querySelector(".row.differs")`)
	t.Logf("save to page: %v", time.Since(begin).Round(10*time.Millisecond))
	assert.Contains(t, eval[string](x, `document.getElementById("news").textContent`), "is the first that changed")
	assert.NotContains(t, eval[string](x, `document.querySelector(".row.differs").textContent`), "WAIT")
	n := eval[string](x, `document.querySelector(".row.differs").dataset.n`)
	row, err := strconv.Atoi(n)
	require.NoError(t, err)
	assert.Greater(t, row, 10)

	// The same row is found by comparing with the reference.
	x.do(`document.querySelector("[data-panel=compare]").click()`)
	x.do(`document.querySelector("#p-compare button").click()`)
	x.until(`document.querySelector("#p-compare [role=status]").textContent.includes("Row ` + strconv.Itoa(row+1) + ` is the first that differs")`)
	x.until(`document.querySelector(".row.differs")?.dataset.n === ` + quoted(n) + ``)
	x.do(`document.getElementById("moment").value = 99; document.getElementById("moment").dispatchEvent(new Event("input"))`)

	begin = time.Now()
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), enter, enter+"\tb.Stat = tcp.Closed\n", 1)), 0o666))
	x.until(`document.getElementById("news").textContent.includes("b.Stat undefined")`)
	t.Logf("save to compiler's message: %v", time.Since(begin).Round(10*time.Millisecond))
	n2 := len(x.rows())
	x.key(kb.ArrowLeft)
	x.until(`document.querySelectorAll("#rows > li:not([hidden])").length < ` + strconv.Itoa(n2))

	begin = time.Now()
	require.NoError(t, os.WriteFile(file, text, 0o666))
	x.until(`document.getElementById("news").textContent.includes("first that changed")`)
	t.Logf("save to page: %v", time.Since(begin).Round(10*time.Millisecond))
}

// Where a learner has not written what guards against the accident, the page says so, and
// in which step it is written.
func TestGuardThatIsNotWritten(t *testing.T) {
	t.Parallel()
	w := workbook(t)
	handIn(t, w, "03-transfer", func(name, text string) string {
		if name != "timestamps.go" {
			return text
		}
		const right = "return older &&"
		require.Contains(t, text, right)
		return strings.Replace(text, right, "return false && older &&", 1)
	})
	at := play(t, w, "5.1")
	x := open(t, desk)
	x.visit(at + "#5.1")
	x.do(`document.querySelector("[data-panel=compare]").click()`)
	x.do(`document.querySelector("#p-compare button").click()`)
	x.until(`document.querySelector("#p-compare [role=status]").textContent.includes("The same, row for row")`) // so far
	x.do(`document.querySelector("[data-panel=bet]").click()`)
	x.do(`document.querySelector("[data-id=choice2]").click()`)
	x.do(`document.querySelector("[data-id=letit]").click()`)
	x.until(answered)
	bet := `document.querySelector("#p-bet").textContent`
	assert.NotContains(t, eval[string](x, bet), "otherwise", "so far it is as with the reference")
	x.do(`document.querySelector("[data-id=without2]").click()`)
	x.until(bet + `.includes("otherwise") && ` + bet + `.includes("step 3.12")`)
	assert.Contains(t, strings.Join(x.rows(), "\n"), "CLOSE-\u200bWAIT")
	x.shoot("guard-not-written")
	x.do(`document.querySelector("[data-id=without1]").click()`)
	x.until(bet + `.includes("its numbers begin elsewhere")`)
	assert.NotContains(t, eval[string](x, bet), "otherwise")
}
