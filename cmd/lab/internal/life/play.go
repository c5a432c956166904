package life

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"sync"

	"tcpworkbook/kit/ladder"
	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
)

// ErrLimit says that the conversation was given up before it came to its end.
var ErrLimit = errors.New("the conversation did not come to its end in time")

// play is a conversation under way.
type play struct {
	options  *Options
	server   netip.Addr // the web server's
	link     *link.Loopback
	recorder *recorder
	moment   sync.Mutex
	life     *Life
}

func newPlay(o *Options) (*play, error) {
	p := &play{options: o, server: serverAddress, recorder: newRecorder(o), life: &Life{}}
	var err error
	p.link, err = o.newLink(p.recorder)
	return p, err
}

// host is a host with the name it has in the diagram.
type host struct {
	name string
	*sockets.Host
}

// plug makes one of the two hosts.
func (p *play) plug(end link.End, side ladder.Side, addr netip.Addr) (*sockets.Host, error) {
	watched := &watchedEnd{End: end, side: side, witness: p.recorder, moment: &p.moment}
	h, err := sockets.NewHost(watched, p.options.Chapters.Telling(p.options.Mine, p.recorder.teller(side)), []netip.Addr{addr}, p.options.settings()...)
	if err != nil {
		return nil, fmt.Errorf("host: %w", err)
	}
	h.Observe(p.recorder.observer(side))
	return h, nil
}

// serve starts the web server. With parting it closes as soon as it has
// answered; else it waits for another request, for a while if it is to close
// first.
func (p *play) serve(h *sockets.Host, parting bool) (*http.Server, error) {
	listener, err := h.Listen("tcp", fmt.Sprintf(":%d", serverPort))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: site(parting, p.options.Edition)}
	if p.options.Closer == ladder.Right {
		server.IdleTimeout = Patience
	}
	go server.Serve(&watchedListener{listener.(*sockets.Listener), &p.moment})
	return server, nil
}

// browser makes a client that keeps its connection, for a while if it is to close
// first.
func (p *play) browser(h *sockets.Host) *http.Client {
	transport := &http.Transport{DialContext: dialOnce(h, &p.moment), DisableCompression: true}
	if p.options.Closer == ladder.Left {
		transport.IdleConnTimeout = Patience
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch gets the page.
func (p *play) fetch(ctx context.Context, browser *http.Client) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, PageAddress(p.server, p.options.Path), nil)
	if err != nil {
		return err
	}
	response, err := browser.Do(request)
	if err != nil {
		return err
	}
	return p.keep(response)
}

// PageAddress is where a page of the server's is found.
func PageAddress(server netip.Addr, path string) string { return "http://" + server.String() + path }

// keep keeps the page.
func (p *play) keep(response *http.Response) error {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	p.life.Page = Page{Status: response.Status, Body: string(body)}
	return err
}

// perform lets the conversation happen, up to the end of its last socket or of
// everybody's patience.
func (p *play) perform(ctx context.Context, hosts []host, fetch func(context.Context) error) error {
	if p.options.Ready != nil {
		p.options.Ready(p.server)
	}
	limited, cancel := context.WithTimeout(ctx, p.options.limit())
	defer cancel()
	err := p.watch(limited, hosts, fetch)
	if err != nil && limited.Err() != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return ErrLimit
	}
	return err
}

// watch lets the page be fetched, and notes which sockets there are: when the
// page has come, when one end has gone, and both.
func (p *play) watch(ctx context.Context, hosts []host, fetch func(context.Context) error) error {
	if err := fetch(ctx); err != nil {
		p.table("when no page had come", hosts)
		return errors.Join(err, p.recorder.await(ctx, p.recorder.over))
	}
	p.table("when the page had come", hosts)
	if len(hosts) == 2 {
		if err := p.recorder.await(ctx, p.recorder.halfOver); err != nil {
			return err
		}
		p.table("when one end had deleted its own", hosts)
	}
	return p.recorder.await(ctx, p.recorder.over)
}

// end puts together what was seen of a conversation: all of it, or what there was
// until err.
func (p *play) end(web *http.Server, hosts []host, client string, err error) (*Life, error) {
	if err != nil {
		p.table("when it was given up", hosts)
		p.life.Diagram = p.recorder.diagram(client, "server")
		web.Close()
		return p.life, err
	}
	err = web.Close()
	p.table("afterwards", hosts)
	p.life.Diagram = p.recorder.diagram(client, "server")
	return p.life, err
}

// table notes which sockets there are.
func (p *play) table(moment string, hosts []host) {
	t := Table{Moment: moment}
	for _, h := range hosts {
		t.Hosts = append(t.Hosts, HostSockets{h.name, h.Sockets()})
	}
	p.life.Tables = append(p.life.Tables, t)
}
