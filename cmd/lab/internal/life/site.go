package life

import (
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Paths are the pages that the web server has.
var Paths = []string{"/", "/lifecycle", "/states", "/long"}

//go:embed pages/lifecycle.txt
var lifecyclePage string

//go:embed pages/states.txt
var statesPage string

//go:embed pages/index.txt
var indexPage string

// site returns the web server's pages. With parting, the end of each page is
// where the connection ends, as it was with HTTP/1.0.
func site(parting bool) http.Handler {
	mux := http.NewServeMux()
	page := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) })
	}
	page("/{$}", indexPage)
	page("/lifecycle", lifecyclePage)
	page("/states", statesPage)
	page("/long", longPage())
	mux.HandleFunc("/", notFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if parting {
			w.Header().Set("Transfer-Encoding", "identity")
		}
		mux.ServeHTTP(w, r)
	})
}

func notFound(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintf(w, "There is no such page here. There are:\n\n  %s\n", strings.Join(Paths, "\n  "))
}

// longPage is a page of many segments.
func longPage() string {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "%3d: so many lines make many segments, and their ACKs.\n", i+1)
	}
	return b.String()
}
