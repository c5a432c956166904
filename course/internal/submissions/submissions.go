// Package submissions finds what students have handed in: in folders, in zips, in git
// clones, in what Moodle, Canvas and Gradescope let a teacher download.
//
// Nothing is unpacked. A zip is read where it lies, and of it only the Go files of one
// chapter; so neither a name that leads out of it nor what it would grow to can harm.
package submissions

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

// Submission is what one student has handed in, once.
type Submission struct {
	ID       string   // as the file or the platform has it; a roster may know better
	Names    []string // what else it tells of who it is from
	Source   string   // where it lies
	Received time.Time
	Late     bool // the platform says so

	Files    handin.Files
	Ignored  []string
	Refused  []handin.Refusal
	Manifest []byte // handout.json, if it is there
}

// What a zip may come to, so that looking at it costs no more than reading it.
const (
	mostEntries = 20_000
	mostZip     = 64 << 20 // a zip in a zip, bytes

	// Who looks for folders makes one of each part of a name; a name may have 65535 bytes.
	mostName  = 1000 // bytes
	mostParts = 40
)

// Find returns what is handed in of a chapter, in files and folders of these names, in
// order.
func Find(names []string, c workbook.Chapter) ([]Submission, error) {
	var all []Submission
	for _, name := range names {
		found, err := find(name, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, s := range found {
			all = append(all, s.printable())
		}
	}
	return all, nil
}

// printable returns the submission with names that can be shown: whoever has handed it in has
// chosen some of them.
func (s Submission) printable() Submission {
	s.ID, s.Source = workbook.Printable(s.ID), workbook.Printable(s.Source)
	for i := range s.Names {
		s.Names[i] = workbook.Printable(s.Names[i])
	}
	return s
}

// One returns what one student has handed in of a chapter: the files in a folder, or a zip in
// it. Whatever is there, it is one submission; where there is none, it is one that is refused.
func One(name string, c workbook.Chapter) (Submission, error) {
	root, err := os.OpenRoot(name) // a symbolic link does not lead out of it
	if err != nil {
		return Submission{}, err
	}
	defer root.Close()
	return unpacked(root.FS(), name, filepath.Base(name), c), nil
}

// find looks at one file or folder that a teacher has named.
func find(name string, c workbook.Chapter) ([]Submission, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	id := strings.TrimSuffix(filepath.Base(name), ".zip")
	if abs, err := filepath.Abs(name); err == nil && info.IsDir() {
		id = filepath.Base(abs)
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name) // a symbolic link does not lead out of it
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return several(root.FS(), name, id, c)
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("is neither a folder nor a zip: %w", err)
	}
	defer z.Close()
	if r := suspicious(&z.Reader); r != nil {
		return []Submission{{ID: id, Source: name, Received: info.ModTime(), Refused: []handin.Refusal{*r}}}, nil
	}
	found, err := several(z, name, id, c)
	for i := range found {
		if found[i].Source == name || found[i].Received.Year() <= 1980 { // else it is a platform's
			found[i].notBefore(info.ModTime())
		}
	}
	return found, err
}

// notBefore notes that a submission came no earlier than when the file was written that it
// came in. The times in a zip are what its packer says: lab submit gives none, and anybody
// can set a clock back.
func (s *Submission) notBefore(at time.Time) {
	if s.Received.Before(at) {
		s.Received = at
	}
}

// several tells a platform's download, or a folder of submissions, from a submission.
func several(folder fs.FS, name, id string, c workbook.Chapter) ([]Submission, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	if found, err := gradescope(folder, name, c); err != nil || len(found) > 0 {
		return found, err
	}
	for _, p := range []platform{moodle, canvas} {
		if found := p.read(entries, folder, name, c); len(found) > 0 {
			// One student's file may be called as the platform's are; so the others count too.
			others := slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return p.has(e) })
			return append(found, members(others, folder, name, c)...), nil
		}
	}
	if at := locate(folder, c); at.near || !crowd(entries) {
		return []Submission{one(folder, name, id, c)}, nil
	}
	if only, alone := single(entries); alone {
		sub, err := fs.Sub(folder, only)
		if err != nil {
			return nil, err
		}
		return several(sub, path.Join(name, only), id, c)
	}
	return members(entries, folder, name, c), nil
}

// members reads entries of a folder of submissions.
func members(entries []fs.DirEntry, in fs.FS, name string, c workbook.Chapter) (found []Submission) {
	for _, e := range entries {
		if s, ok := member(in, e, path.Join(name, e.Name()), c); ok {
			found = append(found, s)
		}
	}
	return found
}

// crowd reports whether a folder has other folders or zips in it, so that it may be one
// of many submissions.
func crowd(entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !skipped(e.Name()) && (e.IsDir() || path.Ext(e.Name()) == ".zip") })
}

// single returns the one folder that a folder has in it, if there is nothing else.
func single(entries []fs.DirEntry) (name string, alone bool) {
	for _, e := range entries {
		switch {
		case skipped(e.Name()):
		case name != "" || !e.IsDir():
			return "", false
		default:
			name = e.Name()
		}
	}
	return name, name != ""
}

// skipped reports whether a name is a system's own.
func skipped(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// member reads one entry of a folder of submissions: a folder or a zip.
func member(in fs.FS, e fs.DirEntry, source string, c workbook.Chapter) (s Submission, ok bool) {
	id := strings.TrimSuffix(e.Name(), ".zip")
	switch {
	case skipped(e.Name()):
		return s, false
	case e.IsDir():
		sub, err := fs.Sub(in, e.Name())
		if err != nil {
			return refused(id, source, err.Error()), true
		}
		return unpacked(sub, source, id, c), true
	case path.Ext(e.Name()) == ".zip":
		s = zipped(in, e.Name(), source, id, c)
		if info, err := e.Info(); err == nil {
			s.notBefore(info.ModTime())
		}
		return s, true
	}
	return s, false
}

// unpacked reads a student's folder. It may have nothing in it but a zip.
func unpacked(folder fs.FS, source, id string, c workbook.Chapter) Submission {
	if locate(folder, c).folder == "" {
		if zips := zipsIn(folder); len(zips) > 0 {
			newest := slices.MaxFunc(zips, func(a, b string) int { return modified(folder, a).Compare(modified(folder, b)) })
			s := zipped(folder, newest, path.Join(source, newest), id, c)
			s.notBefore(modified(folder, newest))
			return s
		}
	}
	return one(folder, source, id, c)
}

// zipsIn returns the zips in a folder. A symbolic link is none: it may lead to a neighbour's.
func zipsIn(folder fs.FS) (zips []string) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".zip" && e.Type().IsRegular() {
			zips = append(zips, e.Name())
		}
	}
	return zips
}

func modified(folder fs.FS, name string) time.Time {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// zipped reads a student's zip that lies in a folder or in another zip.
func zipped(in fs.FS, name, source, id string, c workbook.Chapter) Submission {
	f, err := in.Open(name)
	if err != nil {
		return refused(id, source, err.Error())
	}
	defer f.Close()
	packed, err := io.ReadAll(io.LimitReader(f, mostZip+1))
	switch {
	case err != nil:
		return refused(id, source, "the zip is broken: "+err.Error())
	case len(packed) > mostZip:
		return refused(id, source, fmt.Sprintf("the zip has more than %d MB", mostZip>>20))
	}
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return refused(id, source, "is no zip: "+err.Error())
	}
	if r := suspicious(z); r != nil {
		s := refused(id, source, "")
		s.Refused = []handin.Refusal{*r}
		return s
	}
	return one(z, source, id, c)
}

func refused(id, source, why string) Submission {
	return Submission{ID: id, Source: source, Refused: []handin.Refusal{{Why: why}}}
}

// suspicious says what of a zip no program that packs folders does. Some, on Windows, write \
// where they mean /, which it mends.
func suspicious(z *zip.Reader) *handin.Refusal {
	if len(z.File) > mostEntries {
		return &handin.Refusal{Why: fmt.Sprintf("the zip has more than %d entries", mostEntries)}
	}
	seen := make(map[string]bool)
	for _, f := range z.File {
		name := strings.ReplaceAll(f.Name, `\`, "/")
		if len(name) > mostName || strings.Count(name, "/") > mostParts {
			return &handin.Refusal{File: fmt.Sprintf("%.60s…", name), Why: "has a name that is too long"}
		}
		if strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..") || driveLetter.MatchString(name) {
			return &handin.Refusal{File: f.Name, Why: "leads out of the zip"}
		}
		if seen[name] && !strings.HasSuffix(name, "/") {
			return &handin.Refusal{File: name, Why: "is in the zip twice"}
		}
		seen[name], f.Name = true, name
	}
	return nil
}

var driveLetter = regexp.MustCompile(`^[A-Za-z]:`)

// one reads one submission.
func one(folder fs.FS, source, id string, c workbook.Chapter) Submission {
	s := Submission{ID: id, Source: source}
	at := locate(folder, c)
	s.Refused = at.refused
	if len(at.refused) > 0 {
		return s
	}
	if at.folder == "" {
		return refused(id, source, fmt.Sprintf("there is no folder with Go files of package %s in it", c.Subject()))
	}
	sub, err := fs.Sub(folder, at.folder)
	if err != nil {
		return refused(id, source, err.Error())
	}
	var found handin.Collected
	if s.Files, found, err = handin.Collect(sub); err != nil {
		return refused(id, source, "cannot be read: "+err.Error())
	}
	s.Ignored, s.Refused = found.Ignored, append(found.Refused, s.Files.Check()...)
	for name := range s.Files {
		if at := modified(sub, name); at.After(s.Received) {
			s.Received = at
		}
	}
	if commit, ok := committed(folder, source); ok {
		s.Received = commit
	}
	s.Manifest = manifest(folder, at.folder)
	return s
}

// most is how much of a small file is read, bytes.
const most = 1 << 20

// small reads a file that is not large; none if it is no file. To open a pipe that nobody writes to
// would be to wait for ever.
func small(folder fs.FS, name string) ([]byte, error) {
	if !isFile(folder, name) {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// isFile asks the folder that a file is in: fs.Stat may open the file.
func isFile(folder fs.FS, name string) bool {
	entries, err := fs.ReadDir(folder, path.Dir(name))
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == path.Base(name) && e.Type().IsRegular() })
}

// manifest finds handout.json, in the chapter's folder or above it.
func manifest(folder fs.FS, at string) []byte {
	for ; ; at = path.Dir(at) {
		if text, err := small(folder, path.Join(at, "handout.json")); err == nil {
			return text
		}
		if at == "." {
			return nil
		}
	}
}
