// Package reset puts a chapter's untouched stub back, and keeps what the learner has
// written.
package reset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/cmd/lab/internal/progress"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab reset puts a chapter's untouched stub back. What you have written is kept
beside it, under a name with the date, which Go does not read.

  lab reset 3        chapter 3; also 03, transfer or 03-transfer

"lab restore 3" brings it back.
`,
	Korean: `lab reset은 한 장을 손대지 않은 스텁으로 되돌립니다. 여러분이 쓴 것은 그 옆에
날짜가 든 이름으로 보관하며, Go는 그 파일을 읽지 않습니다.

  lab reset 3        3장. 03, transfer, 03-transfer도 됩니다

"lab restore 3"으로 되찾습니다.
`,
}

// Run is `lab reset`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("reset", help, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.Misused("lab reset: want one chapter, such as 3")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab reset: %v", err)
	}
	c, err := b.Chapter(args[0])
	if err != nil {
		return t.Misused("lab reset: %v", err)
	}
	kept, err := reset(b, c, time.Now())
	for _, k := range kept {
		t.Printf("%s%s\n", layout.Padded(t.Say("kept"), terminal.LabelWidth+1), c.File(k))
	}
	if err != nil {
		return t.Failed("lab reset: %v", err)
	}
	if len(kept) == 0 {
		t.Printf("%s\n", t.Say("Chapter %d is untouched already.", c.Number))
		return terminal.ExitOK
	}
	t.Printf("\n%s\n", t.Say("Chapter %d is as it was at the beginning.", c.Number))
	t.Printf("%s%s restore %d\n", layout.Padded(t.Say("undo"), terminal.LabelWidth+1), t.Command(), c.Number)
	if err := b.Forget(c); err != nil {
		return t.Failed("lab reset: %v", err)
	}
	return terminal.ExitOK
}

// reset puts a chapter's untouched stub back. It returns the names under which the
// learner's files are kept.
func reset(b *book.Book, c workbook.Chapter, now time.Time) (kept []string, err error) {
	stub, err := Stub(b, c)
	if err != nil {
		return nil, err
	}
	return Replace(c, stub, stub, now)
}

// Stub returns the files of a chapter's untouched stub.
func Stub(b *book.Book, c workbook.Chapter) (map[string][]byte, error) {
	files, err := pristine.Files(b.Pristine, c.Name)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no copy of the stub of chapter %s", c.Name)
	}
	stub := make(map[string][]byte)
	for _, f := range files {
		stub[f.Name] = f.Text
	}
	return stub, nil
}

// Replace has a chapter consist of these files. It returns the names under which the
// learner's are kept: those that are different, and those that are not among the new
// ones, for they may need what he has written; but not those that are as when he got them,
// untouched. His tests stay.
func Replace(c workbook.Chapter, by, untouched map[string][]byte, now time.Time) (kept []string, err error) {
	wanted := maps.Clone(by)
	files, err := workbook.GoFiles(c.StubFolder(), false)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return kept, err
		}
		is, ok := by[filepath.Base(file)]
		if ok && bytes.Equal(text, is) {
			delete(wanted, filepath.Base(file))
			continue
		}
		if was, ok := untouched[filepath.Base(file)]; !ok || !bytes.Equal(text, was) {
			name, err := keep(file, text, now)
			if err != nil {
				return kept, err
			}
			kept = append(kept, name)
		}
		if !ok {
			if err := os.Remove(file); err != nil {
				return kept, err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if err := progress.Replace(filepath.Join(c.StubFolder(), name), wanted[name]); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// keep copies a file to one beside it, which no file there is yet, and returns its
// name.
func keep(file string, text []byte, now time.Time) (string, error) {
	kept := file + ".kept-" + now.Format("2006-01-02T1504")
	for n := 1; ; n++ {
		name := kept
		if n > 1 {
			name = fmt.Sprintf("%s-%d", kept, n)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(text)
		return filepath.Base(name), errors.Join(err, f.Sync(), f.Close())
	}
}
