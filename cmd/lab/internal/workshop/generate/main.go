// Command generate writes the pages of package workshop into the workbook it is run in.
package main

import (
	"log"
	"os"
	"path/filepath"

	"tcpworkbook/cmd/lab/internal/workshop"
)

func main() {
	root := filepath.Join("..", "..", "..", "..")
	pages, err := workshop.Pages(root)
	if err != nil {
		log.Fatal(err)
	}
	for _, page := range pages {
		name := filepath.Join(root, filepath.FromSlash(page.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(name, page.HTML, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
