// Print tells all scenarios: what it prints natively it prints under WebAssembly.
package main

import (
	"bufio"
	"log"
	"os"

	"tcpworkbook/kit/story/scenario"
	"tcpworkbook/solutions/internal/stories"
)

func main() {
	w := bufio.NewWriter(os.Stdout)
	for _, s := range scenario.All("") {
		if err := stories.Tell(w, s); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
