// Package handout makes the zip that students get for one chapter.
package handout

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/kit/workbook"
)

// Manifest is handout.json: what was handed out. lab submit hands it in again, so that
// whoever grades knows what the student had.
type Manifest struct {
	Schema  string            `json:"schema"`  // Schema
	Chapter string            `json:"chapter"` // "03-transfer"
	Version string            `json:"version"` // of the workbook, as CHANGELOG.md has it
	Judge   string            `json:"judge"`   // see place.Workbook.Judge
	Files   map[string]string `json:"files"`   // SHA-256 of each
}

// Schema names the form of a Manifest.
const Schema = "tcpworkbook/handout/v1"

// ManifestName is how a Manifest's file is called.
const ManifestName = "handout.json"

// Handout is what students get.
type Handout struct {
	Manifest Manifest
	Folder   string // the one that the zip unpacks to
	Files    map[string][]byte
}

//go:embed README.md.tmpl README.ko.md.tmpl
var readmes embed.FS

// Make puts a chapter's hand-out together.
func Make(w place.Workbook, c workbook.Chapter) (Handout, error) {
	h := Handout{Folder: "tcp-" + c.Name}
	all, err := files(w, c)
	if err != nil {
		return h, err
	}
	h.Files = all
	if err := h.addReadmes(w, c); err != nil {
		return h, err
	}
	unlink(h.Files)
	h.Manifest = Manifest{Schema: Schema, Chapter: c.Name, Version: w.Version(), Files: make(map[string]string)}
	if h.Manifest.Judge, err = w.Judge(c); err != nil {
		return h, err
	}
	for name, text := range h.Files {
		sum := sha256.Sum256(text)
		h.Manifest.Files[name] = hex.EncodeToString(sum[:])
	}
	manifest, err := json.MarshalIndent(h.Manifest, "", "  ")
	h.Files[ManifestName] = append(manifest, '\n')
	return h, err
}

// addReadmes writes the hand-out's own README, in both languages.
func (h Handout) addReadmes(w place.Workbook, c workbook.Chapter) error {
	templates, err := template.ParseFS(readmes, "*.tmpl")
	if err != nil {
		return err
	}
	about := struct {
		workbook.Chapter
		Steps  int
		Before []workbook.Chapter
	}{Chapter: c}
	tests, err := c.Tests()
	if err != nil {
		return err
	}
	about.Steps = workbook.Steps(tests)
	for _, other := range w.Chapters {
		if other.Number < c.Number {
			about.Before = append(about.Before, other)
		}
	}
	for _, edition := range workbook.Editions {
		var text bytes.Buffer
		if err := templates.ExecuteTemplate(&text, edition.Readme()+".tmpl", about); err != nil {
			return err
		}
		h.Files[edition.Readme()] = text.Bytes()
	}
	return nil
}

// Write writes the hand-out as a zip, the same bytes each time: names in order, no times,
// and no compression, since how that is done may change from one Go to the next.
func (h Handout) Write(out io.Writer) error {
	z := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(h.Files)) {
		header := &zip.FileHeader{Name: h.Folder + "/" + name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		header.SetMode(0o644)
		entry, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(h.Files[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// Digest returns the SHA-256 of what Write writes.
func (h Handout) Digest() (string, error) {
	sum := sha256.New()
	err := h.Write(sum)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// Size returns how many bytes the files have together.
func (h Handout) Size() (n int) {
	for _, text := range h.Files {
		n += len(text)
	}
	return n
}

// String says what was handed out, in a line.
func (h Handout) String() string {
	return fmt.Sprintf("%s, version %s, judged by %.12s: %d files", strings.TrimPrefix(h.Folder, "tcp-"), h.Manifest.Version, h.Manifest.Judge, len(h.Files))
}
