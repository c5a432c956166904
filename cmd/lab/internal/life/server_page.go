package life

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tcpworkbook/kit/sockets"
	"tcpworkbook/kit/tcp"
)

//go:embed pages/live.html
var livePage string

// liveTemplate is the page; its template "news" is the part that changes.
var liveTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"say": func(string, ...any) template.HTML { return "" }}).Parse(livePage))

// inLanguage returns the page's template in the language of the options.
func (o *ServeOptions) inLanguage() *template.Template {
	say := func(format string, args ...any) template.HTML {
		text := format
		if len(args) > 0 {
			text = fmt.Sprintf(format, args...)
		}
		return template.HTML(o.say(text)) // what is said is ours, code and links in it
	}
	return template.Must(liveTemplate.Clone()).Funcs(template.FuncMap{"say": say})
}

// say returns an English text in the page's language.
func (o *ServeOptions) say(english string) string {
	if o.Say == nil {
		return english
	}
	return o.Say(english)
}

// view is what the page shows.
type view struct {
	Language      string
	Address, News string // of the page, and of what is new on it
	Owners        string
	TimeWait      time.Duration
	KeepAlive     time.Duration

	Rows []row
	More int // sockets that are not among the rows

	Number int           // of the connection whose ladder is shown
	Asked  bool          // somebody asked for that one: it is not the page's own
	Ends   tcp.FourTuple // of that connection
	Ladder template.HTML // "" when it is not on record any more
}

// row is a socket's line in the table.
type row struct {
	Number        int  // of its connection; 0 when there is no record of one
	Shown         bool // its ladder is on the page
	State         tcp.State
	Local, Remote string
	Receive, Send int
	Timer, Left   string  // "" when it waits for no time
	Share         float64 // how much of 2MSL is left, 0 to 1
	Again         int     // how often it sent again without an answer
}

// mostRows is how many sockets the page shows.
const mostRows = 100

// pages returns the server's pages.
func (s *server) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.show(w, r, "page") })
	mux.HandleFunc("GET /news", func(w http.ResponseWriter, r *http.Request) { s.show(w, r, "news") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Access-Control-Allow-Origin", strings.TrimSuffix(s.address(serverPort), "/"))
		head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src "+s.address(newsPort))
		mux.ServeHTTP(w, r)
	})
}

// show answers with the page, or with what is new on it.
func (s *server) show(w http.ResponseWriter, r *http.Request, part string) {
	v := &view{
		Language: cmp.Or(s.options.Language, "en"),
		Address:  s.address(serverPort), Owners: s.options.Owners,
		TimeWait: 2 * s.options.MSL, KeepAlive: KeepAlive,
	}
	v.Number = s.logbook.number(tupleOf(r))
	if asked := r.FormValue("connection"); asked != "" {
		number, err := strconv.Atoi(asked)
		if err != nil || number < 1 {
			http.Error(w, s.options.say("A connection has a number: /?connection=1"), http.StatusBadRequest)
			return
		}
		v.Asked, v.Number = number != v.Number, number
	}
	v.News = fmt.Sprintf("%snews?connection=%d", s.address(newsPort), v.Number)
	if err := s.draw(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var text bytes.Buffer
	if err := s.options.inLanguage().ExecuteTemplate(&text, part, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(text.Bytes())
}

// draw fills in what changes.
func (s *server) draw(v *view) error {
	list := s.host.Sockets()
	v.More = max(0, len(list)-mostRows)
	for _, socket := range list[:len(list)-v.More] {
		v.Rows = append(v.Rows, s.row(&socket, v))
	}
	ends, diagram, ok := s.logbook.look(v.Number)
	if !ok {
		return nil
	}
	var picture strings.Builder
	diagram.Say = s.options.Say
	if err := diagram.SVG(&picture); err != nil {
		return err
	}
	v.Ends, v.Ladder = ends, template.HTML(picture.String()) // which escapes what is in it
	return nil
}

// row describes a socket.
func (s *server) row(socket *sockets.Socket, v *view) row {
	r := row{
		State: socket.State, Local: tcp.Endpoint(socket.Local), Remote: tcp.Endpoint(socket.Remote),
		Receive: socket.ReceiveQueue, Send: socket.SendQueue, Timer: socket.Timer, Again: socket.Retransmissions,
	}
	if socket.State != tcp.Listen {
		r.Number = s.logbook.number(tcp.FourTuple{Local: socket.Local, Remote: socket.Remote})
	}
	r.Shown = r.Number == v.Number && r.Number != 0
	if socket.Timer != "" {
		r.Left = short(socket.TimeLeft)
	}
	if socket.State == tcp.TimeWait {
		r.Share = min(1, float64(socket.TimeLeft)/float64(v.TimeWait))
	}
	return r
}

// short writes a time to be looked at while it runs down.
func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// tupleOf returns the ends of the connection that a request came over.
func tupleOf(r *http.Request) tcp.FourTuple {
	var tuple tcp.FourTuple
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		tuple.Local, _ = netip.ParseAddrPort(local.String())
	}
	tuple.Remote, _ = netip.ParseAddrPort(r.RemoteAddr)
	return tuple
}
