package sockets_test

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"

	"tcpworkbook/kit/link"
	"tcpworkbook/kit/sockets"
	"tcpworkbook/solutions"
)

// Two hosts, a cable between them, and the web over it.
func Example() {
	cable, err := link.New(link.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cable.Close()
	host := func(end link.End, addr string) *sockets.Host {
		h, err := sockets.NewHost(end, solutions.Chapters(), []netip.Addr{netip.MustParseAddr(addr)})
		if err != nil {
			panic(err)
		}
		return h
	}
	server, client := host(cable.A(), "10.0.0.1"), host(cable.B(), "10.0.0.2")
	defer server.Close()
	defer client.Close()

	listener, err := server.Listen("tcp", "10.0.0.1:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "you asked for %s\n", r.URL.Path)
	}))

	browser := http.Client{Transport: &http.Transport{DialContext: client.DialContext}}
	response, err := browser.Get("http://10.0.0.1/lifecycle")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	page, _ := io.ReadAll(response.Body)
	fmt.Print(response.Status, "\n", string(page))
	// Output:
	// 200 OK
	// you asked for /lifecycle
}
