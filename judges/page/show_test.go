package page

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestShow looks at the conversation of a test that fails: the third segment of the handshake
// acknowledges the peer's SYN itself.
func TestShow(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the workbook")
	}
	book := workbook(t)
	as := func(name, text string) string { return text }
	handIn(t, book, "01-socket", as)
	handIn(t, book, "02-handshake", func(name, text string) string {
		const right = "Seq: b.Snd.Nxt, Ack: b.Rcv.Nxt, Flags: tcp.ACK})"
		if name == "open.go" {
			require.Contains(t, text, right)
		}
		return strings.Replace(text, right, strings.Replace(right, "b.Rcv.Nxt", "b.Rcv.Nxt - 1", 1), 1)
	})
	address := serving(t, book, "show", "2.2")
	for name, s := range map[string]screen{"desk": desk, "telephone": telephone} {
		t.Run(name, func(t *testing.T) {
			x := open(t, s)
			x.visit(address)
			x.until("document.documentElement.dataset.ready === 'yes'")
			apart := eval[[]string](x, "[...document.querySelectorAll('.apart td')].map((e) => e.innerText)")
			require.Len(t, apart, 2)
			assert.Contains(t, apart[0], "Ack:     301", "what was wanted")
			assert.Contains(t, apart[1], "Ack:     300", "and what there was")
			assert.Equal(t, "ACK 300", eval[string](x, "document.querySelector('.row.differs .what span').innerText"))
			assert.True(t, eval[bool](x, "!document.querySelector('.acts, .setup, #air li button, #p-segment .tools')"), "nothing to act with")
			assert.True(t, eval[bool](x, "document.documentElement.scrollWidth <= innerWidth"), "no scrolling sideways")
			x.shoot("show-" + name)

			state := "document.querySelector('#hostA .socks .tag')?.innerText"
			assert.Equal(t, "ESTABLISHED", eval[string](x, state), "the socket is there as it was")
			rows := "[...document.querySelectorAll('#rows li')].filter((li) => !li.hidden).length"
			all := eval[int](x, rows)
			x.key(kb.ArrowLeft)
			x.until(state + " === 'SYN-SENT'")
			assert.Less(t, eval[int](x, rows), all)
			x.key("x", "c", "l", "a", kb.ArrowRight)
			x.until(state + " === 'ESTABLISHED'")
			x.key(kb.ArrowRight, kb.ArrowRight)
			x.until(rows + " === " + "document.querySelectorAll('#rows li').length")
			assert.Equal(t, all, eval[int](x, rows), "no key has acted")
		})
	}
}

// TestShowStorm looks at the conversation of a storm that fails, in which both hosts are whole.
func TestShowStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the workbook")
	}
	book := workbook(t)
	handIn(t, book, "03-transfer", func(name, text string) string {
		const right = "case b.Timers.DelayedACK.IsZero():"
		if name == "delayed_ack.go" {
			require.Contains(t, text, right)
		}
		return strings.Replace(text, right, "case true:", 1)
	})
	address := serving(t, book, "show", "TestStep13_Storm")
	for name, s := range map[string]screen{"desk": desk, "telephone": telephone} {
		t.Run(name, func(t *testing.T) {
			x := open(t, s)
			x.visit(address)
			text := func(id string) string {
				return eval[string](x, "document.getElementById("+quoted(id)+").textContent")
			}
			assert.Contains(t, text("p-bet"), "the delayed-ACK timer, once it runs")
			assert.Contains(t, text("hostA"), "your code")
			assert.Contains(t, text("hostB"), "the reference")
			assert.Contains(t, text("hostB"), "SND.UNA", "its TCB can be seen, too")
			all := len(x.rows())
			require.Greater(t, all, 10)
			x.shoot("storm-" + name)
			x.key(kb.ArrowLeft, kb.ArrowLeft)
			x.until(`document.querySelector("#air .chip")`) // what is in the air is shown, and cannot be touched
			assert.True(t, eval[bool](x, "!document.querySelector('.acts, .setup, #air button, #p-segment .tools')"), "nothing to act with")
			x.key("x", "d", "c", "w", "a", kb.ArrowRight, kb.ArrowRight)
			x.until("document.querySelectorAll('#rows > li:not([hidden])').length === " + strconv.Itoa(all))
			assert.True(t, eval[bool](x, "document.documentElement.scrollWidth <= innerWidth"), "no scrolling sideways")
		})
	}
}
