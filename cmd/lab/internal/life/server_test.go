package life

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
	"tcpworkbook/solutions"
)

// These tests run in virtual time, over the loopback link: browsers are on a host
// of ours.

// visit is a server and a host with browsers.
type visit struct {
	*testing.T
	server *server
	client *sockets.Host
}

// visited runs a test in which a server is visited. Afterwards the server is
// closed; a goroutine that it leaves behind fails the test.
func visited(t *testing.T, run func(v *visit)) {
	t.Helper()
	whole(t, solutions.Chapters())
	synctest.Test(t, func(t *testing.T) {
		wire, err := link.New(link.Config{AToB: link.Weather{Delay: time.Millisecond}, BToA: link.Weather{Delay: time.Millisecond}})
		require.NoError(t, err)
		defer wire.Close()
		client, err := sockets.NewHost(wire.A(), solutions.Chapters(), []netip.Addr{clientAddress})
		require.NoError(t, err)
		defer client.Close()
		s, err := newServer(wire.B(), serverAddress, &ServeOptions{Chapters: solutions.Chapters(), MSL: ServeMSL, Owners: "Chapter 9 is <yours>."})
		require.NoError(t, err)
		run(&visit{t, s, client})
		require.NoError(t, s.close())
		time.Sleep(time.Second) // net/http takes half of one to leave a connection whose request it refused
	})
}

// browser returns a browser with connections of its own.
func (v *visit) browser() *http.Client {
	transport := &http.Transport{DialContext: v.client.DialContext}
	v.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// dial opens a connection by hand.
func (v *visit) dial() net.Conn {
	v.Helper()
	conn, err := v.client.Dial("tcp", net.JoinHostPort(serverAddress.String(), "80"))
	require.NoError(v, err)
	return conn
}

// get fetches a page.
func (v *visit) get(browser *http.Client, address string) string {
	v.Helper()
	answer, err := browser.Get(address)
	require.NoError(v, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(v, err)
	require.Equal(v, http.StatusOK, answer.StatusCode, "%s", text)
	return string(text)
}

// page fetches the page, and returns where its news is found.
func (v *visit) page(browser *http.Client) (text, news string) {
	v.Helper()
	text = v.get(browser, v.server.address(serverPort))
	return text, v.find(text, `data-news="([^"]+)"`)
}

// find returns what the first group of a pattern matches.
func (v *visit) find(text, pattern string) string {
	v.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	require.NotNil(v, m, "%s in:\n%s", pattern, text)
	return m[1]
}

var (
	shownEnd  = `(?s)<tr class="shown">.*?192\.0\.2\.1:(\d+)</td>`
	ownSocket = `a socket of its own, port (\d+)<`
	stages    = regexp.MustCompile(`class="stage">([^<]*)<`)
)

func TestAPageShowsTheConnectionThatFetchedIt(t *testing.T) {
	visited(t, func(v *visit) {
		text, _ := v.page(v.browser())
		assert.Equal(v, v.find(text, ownSocket), v.find(text, shownEnd), "the ladder is of the connection in the marked line")
		for _, part := range []string{"*:80", "*:81", "LISTEN", "ESTABLISHED", "SYN seq 0", "SYN,ACK seq 0 ack 1", "request, ", "Chapter 9 is &lt;yours&gt;."} {
			assert.Contains(v, text, part)
		}
		assert.NotContains(v, text, "response", "that was not yet on its way")
	})
}

func TestThePageLivesOn(t *testing.T) {
	visited(t, func(v *visit) {
		text, news := v.page(v.browser())
		port := v.find(text, ownSocket)
		reporter := v.browser()
		headings := func() []string {
			text = v.get(reporter, news)
			assert.Equal(v, port, v.find(text, ownSocket), "it is still the page's own connection")
			var all []string
			for _, m := range stages.FindAllStringSubmatch(text, -1) {
				all = append(all, m[1])
			}
			return all
		}
		assert.Equal(v, allStages[:3], headings())
		assert.Contains(v, text, "response, ")

		time.Sleep(KeepAlive + time.Second)
		assert.Equal(v, allStages, headings())
		assert.Equal(v, port, v.find(text, shownEnd))
		assert.Equal(v, "19.0 s", v.find(text, `time-wait <span class="left">([^<]+)<`), "a second of 2MSL has passed")
		assert.Equal(v, "0.95", v.find(text, `<progress max="1" value="([^"]+)"`))
		assert.Contains(v, text, "Close(): I have no more to say")

		time.Sleep(2 * ServeMSL)
		headings()
		assert.NotContains(v, text, `class="shown"`, "the socket is not in the table any more")
		assert.Contains(v, text, "2MSL are over: the socket is deleted")
	})
}

func TestEachTabHasALadderOfItsOwn(t *testing.T) {
	visited(t, func(v *visit) {
		seen := map[string]bool{}
		for range 5 {
			text, news := v.page(v.browser())
			port := v.find(text, ownSocket)
			assert.Equal(v, port, v.find(v.get(v.browser(), news), ownSocket))
			assert.False(v, seen[port], "port %s", port)
			seen[port] = true
		}
	})
}

func TestReloadingSoonUsesTheConnectionAgain(t *testing.T) {
	visited(t, func(v *visit) {
		browser := v.browser()
		text, _ := v.page(browser)
		first := v.find(text, ownSocket)
		time.Sleep(KeepAlive / 2)
		text, _ = v.page(browser)
		assert.Equal(v, first, v.find(text, ownSocket))
		assert.Equal(v, 2, strings.Count(text, ">request, "), "both requests are on the ladder")
		time.Sleep(2 * KeepAlive)
		text, _ = v.page(browser)
		assert.NotEqual(v, first, v.find(text, ownSocket))
		assert.Contains(v, text, "TIME-WAIT", "the first one is in the table still")
	})
}

func TestALadderOfAnotherConnection(t *testing.T) {
	visited(t, func(v *visit) {
		first, _ := v.page(v.browser())
		other := v.get(v.browser(), v.server.address(serverPort)+"?connection=1")
		assert.Equal(v, v.find(first, ownSocket), v.find(other, ownSocket))
		assert.Contains(v, other, "<h2>Connection 1</h2>")
		none := v.get(v.browser(), v.server.address(serverPort)+"?connection=999")
		assert.Contains(v, none, "not on record")
	})
}

func TestThePageNeedsNothingElse(t *testing.T) {
	visited(t, func(v *visit) {
		text, _ := v.page(v.browser())
		assert.NotRegexp(v, `(src|href)\s*=\s*"?(https?:)?//`, text)
		assert.NotRegexp(v, `url\(|@import`, text)
		svg := v.find(text, `(?s)(<svg.*?</svg>)`)
		assert.NoError(v, xml.Unmarshal([]byte(svg), new(struct{})), "the ladder is well-formed")
		answer, err := v.browser().Get(v.server.address(newsPort) + "news")
		require.NoError(v, err)
		answer.Body.Close()
		assert.Equal(v, "http://192.0.2.2", answer.Header.Get("Access-Control-Allow-Origin"), "the page may ask at the other port")
		assert.Contains(v, answer.Header.Get("Content-Security-Policy"), "connect-src http://192.0.2.2:81/")
	})
}

func TestBadRequestsGetTheirAnswer(t *testing.T) {
	for _, one := range []struct{ request, status string }{
		{"GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", "404"},
		{"GET /?connection=one HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
		{"GET /news?connection=-1 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
		{"GET /?connection=99999999999999999999 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
		{"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", "405"},
		{"DELETE /news HTTP/1.1\r\nHost: h\r\n\r\n", "405"},
		{"GET / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n", "431"},
		{"GET / HTTP/1.1\r\n\r\n", "400"},
		{"\x16\x03\x01 this is no HTTP\r\n\r\n", "400"},
		{"GET / HTTP/7.0\r\nHost: h\r\n\r\n", "505"},
		{"GET / HTTP/1.0\r\n\r\n", "200"},
		{"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "200"},
	} {
		visited(t, func(v *visit) {
			conn := v.dial()
			defer conn.Close()
			io.WriteString(conn, one.request) // which may be refused before it is all said
			line, err := bufio.NewReader(conn).ReadString('\n')
			require.NoError(v, err, "%.40q", one.request)
			assert.Equal(v, one.status, strings.Fields(line)[1], "%.40q", one.request)
			text, _ := v.page(v.browser())
			assert.Contains(v, text, "</html>", "the server goes on")
		})
	}
}

func TestALongConversationIsKeptInPart(t *testing.T) {
	visited(t, func(v *visit) {
		browser := v.browser()
		_, news := v.page(browser)
		for range 60 {
			v.page(browser)
		}
		text := v.get(v.browser(), news)
		assert.Contains(v, text, "SYN seq 0", "the beginning is there")
		assert.Regexp(v, `… \d{3,4} segments not shown …`, text)
		time.Sleep(KeepAlive + time.Second)
		assert.Contains(v, v.get(v.browser(), news), "waits 2MSL", "and the end")

		_, diagram, ok := v.server.logbook.look(1)
		require.True(v, ok)
		assert.Len(v, diagram.Rungs, firstRungs+latestRungs+1)
		for _, r := range diagram.Rungs {
			if n := len(r.Segment.Payload); n > 0 {
				assert.Same(v, &blank[0], &r.Segment.Payload[0], "no text is kept")
			}
		}
	})
}

func TestConnectionsAreForgotten(t *testing.T) {
	visited(t, func(v *visit) {
		_, first := v.page(v.browser())
		_, second := v.page(v.browser())
		for range 2 * mostEntries {
			v.dial().Close()
			_, _, ok := v.server.logbook.look(1)
			require.True(v, ok, "somebody looks at it")
		}
		assert.Contains(v, v.get(v.browser(), first), "SYN seq 0")
		assert.NotContains(v, v.get(v.browser(), second), "<svg", "nobody did")
		assert.Len(v, v.server.logbook.entries, mostEntries)
	})
}

func TestTheTableHasAnEnd(t *testing.T) {
	visited(t, func(v *visit) {
		for range mostRows + 20 {
			defer v.dial().Close()
		}
		text, _ := v.page(v.browser())
		assert.Equal(v, mostRows, strings.Count(text, "<tr")-1)
		assert.Contains(v, text, fmt.Sprintf("and %d more", 20+2+1))
	})
}

// TestTheSameEndsAgain has a connection follow another between the same two ends
// while that is in TIME-WAIT, and yet another when it is not any more.
func TestTheSameEndsAgain(t *testing.T) {
	visited(t, func(v *visit) {
		from := netip.AddrPortFrom(clientAddress, 50000)
		for _, pause := range []time.Duration{0, 0, 2 * ServeMSL} {
			time.Sleep(pause)
			dialer := sockets.Dialer{Host: v.client, LocalAddr: from, Reuse: true}
			browser := &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
			v.page(browser)
			time.Sleep(KeepAlive + time.Second)
			browser.CloseIdleConnections()
		}
		for number, end := range map[int]string{
			1: "2MSL are not over, but the socket is deleted",
			2: "2MSL are over: the socket is deleted",
			3: "waits 2MSL: 20s here, really 4m",
		} {
			_, d, ok := v.server.logbook.look(number)
			require.True(v, ok)
			assert.Equal(v, end, d.Rungs[len(d.Rungs)-1].Text)
			assert.Equal(v, allStages, headings(&d))
			assert.Equal(v, opensPassively, states(&d, ladder.Right)[:3])
			assert.Equal(v, []tcp.State{Unknown}, states(&d, ladder.Left))
		}
	})
}

func TestOtherPortsAreNotOnRecord(t *testing.T) {
	visited(t, func(v *visit) {
		_, err := v.client.Dial("tcp", net.JoinHostPort(serverAddress.String(), "99"))
		require.Error(v, err)
		assert.Empty(v, v.server.logbook.entries)
	})
}

func TestAClosingServerTakesLeave(t *testing.T) {
	visited(t, func(v *visit) {
		silent, halfway, browser := v.dial(), v.dial(), v.browser()
		go func() { io.Copy(io.Discard, silent); silent.Close() }()
		io.WriteString(halfway, "GET / HTTP/1.1\r\n") // and there it stays
		defer halfway.Close()
		v.page(browser)

		before := time.Now()
		require.NoError(v, v.server.close())
		assert.LessOrEqual(v, time.Since(before), time.Second)
		assert.Equal(v, tcp.TimeWait, v.last(1), "both closed that has never said anything")
		assert.Equal(v, tcp.TimeWait, v.last(3), "and that which is idle")
		assert.Equal(v, tcp.FinWait2, v.last(2), "who was in the middle of something was asked to close, but did not")
		_, d, _ := v.server.logbook.look(2)
		sent := segments(&d)
		assert.Equal(v, []string{"← FIN,ACK", "→ ACK", "← RST"}, sent[len(sent)-3:])
		_, err := browser.Get(v.server.address(serverPort))
		assert.Error(v, err)
	})
}

// last returns the last state of a connection's socket, CLOSED left aside.
func (v *visit) last(number int) tcp.State {
	v.Helper()
	_, d, ok := v.server.logbook.look(number)
	require.True(v, ok)
	all := slices.DeleteFunc(states(&d, ladder.Right), func(s tcp.State) bool { return s == tcp.Closed })
	return all[len(all)-1]
}

// calls is an end of a link that notes how it is called.
type calls struct {
	link.End
	made []string
}

func (c *calls) Deliver()     { c.made = append(c.made, "Deliver") }
func (c *calls) Close() error { c.made = append(c.made, "Close"); return nil }

func TestAnEndDeliversBeforeItCloses(t *testing.T) {
	c := &calls{}
	require.NoError(t, (&watchedEnd{End: c}).Close())
	assert.Equal(t, []string{"Deliver", "Close"}, c.made)
}
