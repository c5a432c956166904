package submissions

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"tcpworkbook/kit/workbook"
)

// A platform calls what students have handed in by a form of its own.
type platform struct {
	has  func(e fs.DirEntry) bool // whether an entry of its download is called so
	pack func(e fs.DirEntry, p *packs)
}

// read reads the entries of a download that are called by the platform's form.
func (p platform) read(entries []fs.DirEntry, in fs.FS, source string, c workbook.Chapter) []Submission {
	all := newPacks()
	for _, e := range entries {
		if p.has(e) {
			p.pack(e, all)
		}
	}
	return all.submissions(in, source, c)
}

// moodleName is how Moodle calls a student's folder, or file, in what it lets one
// download: the name, the participant's number, and what kind of submission it is. The first number
// is the participant's: what stands behind it, the student may have chosen.
var moodleName = regexp.MustCompile(`^(.+?)_([0-9]+)_assignsubmission_(file|onlinetext)_?(.*)$`)

// moodle is Moodle's "download all submissions".
var moodle = platform{
	has: func(e fs.DirEntry) bool { return moodleName.MatchString(e.Name()) },
	pack: func(e fs.DirEntry, all *packs) {
		m := moodleName.FindStringSubmatch(e.Name())
		p := all.of(m[2], m[1])
		switch {
		case e.IsDir() && (m[3] == "file" || p.folder == ""): // who hands in text, too, has two
			p.folder = e.Name()
		case !e.IsDir() && m[4] != "":
			p.files = append(p.files, packed{e.Name(), m[4]})
		}
	},
}

// canvasName is how Canvas calls a student's file: the name without spaces, perhaps LATE,
// the user's number, the submission's, and the name that the file had.
var canvasName = regexp.MustCompile(`^([^_]+)(_LATE)?_([0-9]+)_([0-9]+)_(.+)$`)

// canvas is Canvas's "download submissions".
var canvas = platform{
	has: func(e fs.DirEntry) bool { return !e.IsDir() && canvasName.MatchString(e.Name()) },
	pack: func(e fs.DirEntry, all *packs) {
		m := canvasName.FindStringSubmatch(e.Name())
		p := all.of(m[3], m[1])
		p.late = p.late || m[2] != ""
		p.files = append(p.files, packed{e.Name(), canvasAgain.ReplaceAllString(m[5], "$1")})
	},
}

// canvasAgain is what Canvas puts behind the name of a file that is handed in again.
var canvasAgain = regexp.MustCompile(`-[0-9]+(\.(?:go|zip))$`)

// packs are a platform's students, each with what he has handed in.
type packs struct {
	order []string
	all   map[string]*pack
}

type pack struct {
	number, name string
	folder       string
	files        []packed
	late         bool
}

// packed is a file in a download, and the name that it had before.
type packed struct{ name, was string }

func newPacks() *packs { return &packs{all: make(map[string]*pack)} }

func (p *packs) of(number, name string) *pack {
	if p.all[number] == nil {
		p.all[number] = &pack{number: number, name: name}
		p.order = append(p.order, number)
	}
	return p.all[number]
}

// submissions reads what the students have handed in: a folder, or a zip, or single files.
func (p *packs) submissions(in fs.FS, source string, c workbook.Chapter) []Submission {
	var all []Submission
	for _, number := range p.order {
		one := p.all[number]
		s := one.submission(in, source, c)
		s.ID, s.Names, s.Late = number, []string{one.name}, one.late
		all = append(all, s)
	}
	return all
}

func (p *pack) submission(in fs.FS, source string, c workbook.Chapter) Submission {
	if p.folder != "" {
		sub, err := fs.Sub(in, p.folder)
		if err != nil {
			return refused(p.number, source, err.Error())
		}
		return unpacked(sub, path.Join(source, p.folder), p.number, c)
	}
	newest := ""
	for _, f := range p.files {
		if path.Ext(f.was) == ".zip" && (newest == "" || !modified(in, f.name).Before(modified(in, newest))) {
			newest = f.name
		}
	}
	if newest != "" {
		s := zipped(in, newest, path.Join(source, newest), p.number, c)
		s.Received = modified(in, newest)
		return s
	}
	return loose(in, source, p.number, p.files, c)
}

// loose reads single files as if they lay in a folder.
func loose(in fs.FS, source, id string, files []packed, c workbook.Chapter) Submission {
	var together bytes.Buffer
	z := zip.NewWriter(&together)
	var received time.Time
	for _, f := range files {
		entry, err := z.Create(path.Base(f.was))
		if err != nil {
			return refused(id, source, err.Error())
		}
		from, err := in.Open(f.name)
		if err != nil {
			return refused(id, source, err.Error())
		}
		_, err = io.Copy(entry, io.LimitReader(from, mostZip))
		from.Close()
		if err != nil {
			return refused(id, source, err.Error())
		}
		if at := modified(in, f.name); at.After(received) {
			received = at
		}
	}
	if err := z.Close(); err != nil {
		return refused(id, source, err.Error())
	}
	folder, err := zip.NewReader(bytes.NewReader(together.Bytes()), int64(together.Len()))
	if err != nil {
		return refused(id, source, err.Error())
	}
	s := one(folder, source, id, c)
	s.Received = received
	return s
}

// gradescopeEntry is what Gradescope's export says of a submission. The keys of the file
// begin with a colon, as Ruby's symbols do.
type gradescopeEntry struct {
	Submitters []map[string]any `yaml:":submitters"`
	Created    string           `yaml:":created_at"`
}

// created returns when it was handed in; the zero time if that cannot be read.
func (e gradescopeEntry) created() time.Time {
	for _, form := range []string{"2006-01-02 15:04:05 Z", "2006-01-02 15:04:05 -07:00", time.RFC3339} {
		if at, err := time.Parse(form, e.Created); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// gradescope reads Gradescope's "export submissions"; none if it is something else. What
// tells of the submissions lies beside them: in a folder among others it is a student's.
func gradescope(folder fs.FS, source string, c workbook.Chapter) ([]Submission, error) {
	const name = "submission_metadata.yml"
	if !isFile(folder, name) {
		return nil, nil
	}
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	entries := make(map[string]gradescopeEntry)
	if err := yaml.Unmarshal(text, &entries); err != nil {
		return nil, err
	}
	folders, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var all []Submission
	for _, e := range folders {
		entry, known := entries[e.Name()]
		if !e.IsDir() || !known && !strings.HasPrefix(e.Name(), "submission_") {
			continue
		}
		sub, err := fs.Sub(folder, e.Name())
		if err != nil {
			return nil, err
		}
		s := unpacked(sub, path.Join(source, e.Name()), e.Name(), c)
		if at := entry.created(); !at.IsZero() {
			s.Received = at
		}
		for _, who := range entry.Submitters {
			for _, key := range []string{":sid", ":email", ":name"} {
				if name, ok := who[key].(string); ok && name != "" {
					s.Names = append(s.Names, name)
				}
			}
		}
		if len(s.Names) > 0 {
			s.ID = s.Names[0]
		}
		all = append(all, s)
	}
	return all, nil
}
