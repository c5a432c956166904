// Package bundle makes the zip that thirty people unpack in a room without a network: the
// workbook, the modules that it needs, and what starts it.
package bundle

import (
	"archive/zip"
	"context"
	"embed"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcpworkbook/course/internal/modules"
	"tcpworkbook/course/internal/place"
)

// Folder is what the zip unpacks to.
const Folder = "tcp-workshop"

//go:embed start.sh start.cmd go-README.txt
var starters embed.FS

// Write writes the bundle. Modules are taken from this machine's module cache, and those
// that are not in it from where Go takes them otherwise.
func Write(ctx context.Context, w place.Workbook, out io.Writer) error {
	z := zip.NewWriter(out)
	b := bundle{z}
	if err := b.workbook(w); err != nil {
		return err
	}
	for name, to := range map[string]string{"start.sh": "start.sh", "start.cmd": "start.cmd", "go-README.txt": "go/README.txt"} {
		text, err := starters.ReadFile(name)
		if err != nil {
			return err
		}
		if filepath.Ext(name) == ".cmd" {
			text = []byte(strings.ReplaceAll(string(text), "\n", "\r\n"))
		}
		if err := b.add(to, text); err != nil {
			return err
		}
	}
	if err := b.modules(ctx, w); err != nil {
		return err
	}
	return z.Close()
}

type bundle struct{ z *zip.Writer }

// add adds a file.
func (b bundle) add(name string, text []byte) error {
	header := &zip.FileHeader{Name: Folder + "/" + name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o644)
	if strings.HasSuffix(name, ".sh") {
		header.SetMode(0o755)
	}
	if strings.HasSuffix(name, ".zip") {
		header.Method = zip.Store
	}
	entry, err := b.z.CreateHeader(header)
	if err == nil {
		_, err = entry.Write(text)
	}
	return err
}

// left out are what a room has no use for.
var leftOut = []string{"course/", "judges/", ".github/", ".ci/"}

// workbook adds the workbook, without its history.
func (b bundle) workbook(w place.Workbook) error {
	files, err := w.Files(".")
	if err != nil {
		return err
	}
	for _, name := range files {
		if slices.ContainsFunc(leftOut, func(folder string) bool { return strings.HasPrefix(name, folder) }) {
			continue
		}
		text, err := w.Read(name)
		if err != nil {
			return err
		}
		if err := b.add(name, text); err != nil {
			return err
		}
	}
	return nil
}

// modules adds the modules that the workbook needs.
func (b bundle) modules(ctx context.Context, w place.Workbook) error {
	files, err := modules.Proxy(ctx, modules.Command{Folder: w.Root, Arguments: []string{"mod", "download"}})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := b.add("modules/"+name, files[name]); err != nil {
			return err
		}
	}
	return nil
}
