package export

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed templates
var templates embed.FS

// templateNames returns the forms that are templates.
func templateNames() []string {
	files, err := fs.Glob(templates, "templates/*.tmpl")
	if err != nil {
		panic(err) // the pattern is right
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(f, "templates/"), ".tmpl"))
	}
	return names
}
