package reset

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/workbook"
)

var restoreHelp = language.Text{
	English: `lab restore brings back what the last lab reset of a chapter has kept. What you
have written since is kept in its turn.

  lab restore 3      chapter 3; also 03, transfer or 03-transfer
`,
	Korean: `lab restore는 마지막 lab reset이 보관한 것을 되찾아 줍니다. 그 뒤에 쓴 것도
지우지 않고 보관합니다.

  lab restore 3      3장. 03, transfer, 03-transfer도 됩니다
`,
}

// Restore is `lab restore`.
func Restore(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("restore", restoreHelp, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.Misused("lab restore: want one chapter, such as 3")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab restore: %v", err)
	}
	c, err := b.Chapter(args[0])
	if err != nil {
		return t.Misused("lab restore: %v", err)
	}
	restored, kept, err := restore(b, c, time.Now())
	for _, k := range kept {
		t.Printf("%s%s\n", layout.Padded(t.Say("kept"), terminal.LabelWidth+1), c.File(k))
	}
	for _, r := range restored {
		t.Printf("%s%s\n", layout.Padded(t.Say("back"), terminal.LabelWidth+1), c.File(r))
	}
	if err != nil {
		return t.Failed("lab restore: %v", err)
	}
	if len(restored) == 0 {
		t.Printf("%s\n", t.Say("Nothing of chapter %d was kept.", c.Number))
	}
	return terminal.ExitOK
}

// keptFile is a file that a reset has kept.
type keptFile struct {
	name, original string
	stamp          string // when: "2006-01-02T1504"
	turn           int    // of several resets in that minute, from 1
}

var keptName = regexp.MustCompile(`^(.+\.go)\.kept-(\d{4}-\d\d-\d\dT\d{4})(?:-(\d+))?$`)

// lastKept returns what the last reset of a chapter has kept, as far as it is there.
func lastKept(c workbook.Chapter) ([]keptFile, error) {
	entries, err := os.ReadDir(c.StubFolder())
	var all []keptFile
	for _, e := range entries {
		if m := keptName.FindStringSubmatch(e.Name()); m != nil {
			turn, _ := strconv.Atoi(m[3])
			all = append(all, keptFile{name: m[0], original: m[1], stamp: m[2], turn: max(turn, 1)})
		}
	}
	when := func(a, b keptFile) int { return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.turn, b.turn)) }
	if len(all) > 0 {
		last := slices.MaxFunc(all, when)
		all = slices.DeleteFunc(all, func(k keptFile) bool { return when(k, last) < 0 })
	}
	return all, err
}

// restore gives the files that the last reset of a chapter has kept their names back. It
// returns these names, and those under which what was there instead is kept.
func restore(b *book.Book, c workbook.Chapter, now time.Time) (restored, kept []string, err error) {
	last, err := lastKept(c)
	if err != nil || len(last) == 0 {
		return nil, nil, err
	}
	stub, err := pristine.Files(b.Pristine, c.Name)
	if err != nil {
		return nil, nil, err
	}
	original := make(map[string][]byte)
	for _, f := range stub {
		original[f.Name] = f.Text
	}
	for _, k := range last {
		file := filepath.Join(c.StubFolder(), k.original)
		text, err := os.ReadFile(file)
		if err == nil && !bytes.Equal(text, original[k.original]) {
			name, err := keep(file, text, now)
			if err != nil {
				return restored, kept, err
			}
			kept = append(kept, name)
		} else if err != nil && !os.IsNotExist(err) {
			return restored, kept, err
		}
		if err := os.Rename(filepath.Join(c.StubFolder(), k.name), file); err != nil {
			return restored, kept, fmt.Errorf("bring back %s: %w", k.original, err)
		}
		restored = append(restored, k.original)
	}
	return restored, kept, nil
}
