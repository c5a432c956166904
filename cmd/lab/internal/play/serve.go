package play

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"tcpworkbook/cmd/lab/internal/terminal"
)

// usualPort is where the page is served, so that an open one finds lab again; another
// one where that is taken.
const usualPort = 9293

// listen listens where only this machine can reach it.
func listen(port int) (net.Listener, error) {
	if port != 0 {
		return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(usualPort)))
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	return l, err
}

// Server serves the page, and tells it of what was saved.
type Server struct {
	Ended <-chan error // why it serves no more; nothing else comes

	web  *http.Server
	host string // what a browser must have called it by

	mu      sync.Mutex
	site    *site
	program []byte // packed
	news    news
	changed chan struct{} // closed when there is other news
}

// news is what the page is told.
type news struct {
	Version  int    `json:"version"` // of the program, from 1
	Building bool   `json:"building"`
	Error    string `json:"error,omitempty"` // why it could not be built
}

func newServer(host string, s *site, program []byte) *Server {
	return &Server{host: host, site: s, program: program, news: news{Version: 1}, changed: make(chan struct{})}
}

// start begins to serve a page, on a port or, for 0, on the usual one.
func start(port int, site *site, program []byte) (*Server, error) {
	l, err := listen(port)
	if err != nil {
		return nil, err
	}
	s := newServer(l.Addr().String(), site, program)
	s.web = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	s.Ended = ended
	go func() { ended <- s.web.Serve(l) }()
	return s, nil
}

// Close ends it.
func (s *Server) Close() { s.web.Close() }

// Open opens the page in the user's browser, if there is one, and returns a sentence with
// the address.
func (s *Server) Open(t *terminal.Terminal, noOpen bool) string {
	address := "http://" + s.host + "/"
	if !noOpen && t.Escapes() && open(address) == nil {
		return t.Say("The page is open in your browser: %s", t.Bold(address))
	}
	return t.Say("Open %s in a browser on this machine.", t.Bold(address))
}

// tell changes what the page is told.
func (s *Server) tell(change func(*news)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.news)
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) latest() (news, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news, s.changed
}

// renew goes on with another program.
func (s *Server) renew(made *program, again *site) {
	s.tell(func(n *news) {
		s.program, s.site = made.wasm, again
		n.Version++
		n.Building, n.Error = false, ""
	})
}

// handler answers only those who called the server by its own name: a page from elsewhere
// whose name leads here gets nothing.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	file := func(path, kind string, text func(*site, []byte) string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			body := text(s.site, s.program)
			s.mu.Unlock()
			w.Header().Set("Content-Type", kind)
			w.Write([]byte(body))
		})
	}
	file("/{$}", "text/html; charset=utf-8", func(s *site, _ []byte) string { return s.page() })
	file("/page.css", "text/css; charset=utf-8", func(s *site, _ []byte) string { return s.css })
	file("/page.js", "text/javascript; charset=utf-8", func(s *site, _ []byte) string { return s.script })
	file("/worker.js", "text/javascript; charset=utf-8", func(s *site, _ []byte) string { return s.worker })
	file("/tcp.bin", "application/octet-stream", func(_ *site, program []byte) string { return string(program) })
	file("/page.html", "text/html; charset=utf-8", func(s *site, program []byte) string { return s.still().single(program) })
	mux.HandleFunc("GET /events", s.events)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.URL.Path != "/page.html" { // which brings its own
			head.Set("Content-Security-Policy", policy+"; frame-ancestors 'none'")
		}
		if _, port, _ := strings.Cut(s.host, ":"); r.Host != s.host && r.Host != "localhost:"+port {
			http.Error(w, "This is not the name of this server.", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// events tells the page the news, as server-sent events, until it goes away.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	alive := time.NewTicker(15 * time.Second) // or nobody would notice that the page is gone
	defer alive.Stop()
	n, changed := s.latest()
	for {
		text, err := json.Marshal(n)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "retry: 1000\ndata: %s\n\n", text); err != nil {
			return
		}
		http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		case <-alive.C:
		}
		n, changed = s.latest()
	}
}
