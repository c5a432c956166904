package life

import (
	"embed"
	"fmt"
	"io"
	"net/http"
	"strings"

	"tcpworkbook/kit/workbook"
)

// Paths are the pages that the web server has.
var Paths = []string{"/", "/lifecycle", "/states", "/long"}

// pages are the texts, each in two languages. Both have as many bytes, so that their
// conversations are the same.
//
//go:embed pages/*.txt
var pages embed.FS

// pageText returns a page's text in an edition of the workbook.
func pageText(name string, edition workbook.Edition) string {
	file := "pages/" + name + ".txt"
	if edition == workbook.Korean {
		file = "pages/" + name + ".ko.txt"
	}
	text, err := pages.ReadFile(file)
	if err != nil {
		panic(err) // it is in the program, or there would be none
	}
	return string(text)
}

// site returns the web server's pages in an edition of the workbook. With parting, the end
// of each page is where the connection ends, as it was with HTTP/1.0.
func site(parting bool, edition workbook.Edition) http.Handler {
	mux := http.NewServeMux()
	page := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) })
	}
	page("/{$}", pageText("index", edition))
	page("/lifecycle", pageText("lifecycle", edition))
	page("/states", pageText("states", edition))
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
