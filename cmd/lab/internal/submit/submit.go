// Package submit packs what a learner hands in.
package submit

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/language"
	"tcpworkbook/cmd/lab/internal/layout"
	"tcpworkbook/cmd/lab/internal/progress"
	"tcpworkbook/cmd/lab/internal/terminal"
	"tcpworkbook/kit/handin"
	"tcpworkbook/kit/workbook"
)

var help = language.Text{
	English: `lab submit packs a chapter's files into a zip, to hand in. It says what would be
refused, and how many steps are done; then it is for you to decide.

  lab submit 3       chapter 3; also 03, transfer or 03-transfer

Only the chapter's .go files that are no tests are in it, and handout.json,
which says what you were given.
`,
	Korean: `lab submit은 한 장의 파일을 제출할 zip으로 묶습니다. 거부될 것이 있는지, 몇
단계를 마쳤는지 알려 줍니다. 제출할지는 여러분이 정하면 됩니다.

  lab submit 3       3장. 03, transfer, 03-transfer도 됩니다

그 장의 .go 파일 가운데 테스트가 아닌 것만 들어가고, 무엇을 배포받았는지 적은
handout.json이 함께 들어갑니다.
`,
}

// manifest is the file that says what was handed out.
const manifest = "handout.json"

// Run is `lab submit`.
func Run(ctx context.Context, t *terminal.Terminal, args []string) int {
	args, exit, over := t.Arguments("submit", help, args)
	if over {
		return exit
	}
	if len(args) != 1 {
		return t.Misused("lab submit: want one chapter, such as 3")
	}
	b, err := book.Open(t.Edition)
	if err != nil {
		return t.Failed("lab submit: %v", err)
	}
	c, err := b.Chapter(args[0])
	if err != nil {
		return t.Misused("lab submit: %v", err)
	}
	files, found, err := handin.Collect(os.DirFS(c.StubFolder()))
	if err != nil {
		return t.Failed("lab submit: %v", err)
	}
	if len(files) == 0 {
		return t.Failed("lab submit: there is no .go file in %s", c.File(""))
	}
	if refused := append(found.Refused, files.Check()...); len(refused) > 0 {
		t.Printf("%s\n\n", t.Styled("1;31", t.Say("This would be refused:")))
		for _, r := range refused {
			t.Show(layout.Indented(2, layout.Wrap(c.File(r.String()), t.Width()-2)))
		}
		return t.Failed("\nlab submit: nothing was packed")
	}
	name := "submission-" + c.Name + ".zip"
	if err := pack(b.Root, c, files, name); err != nil {
		return t.Failed("lab submit: %v", err)
	}
	t.Printf("%s%s\n", t.Label(t.Say("packed")), name)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		t.Printf("%s%s\n", t.Label(""), c.File(file))
	}
	return state(ctx, t, b, c)
}

// state says how far the chapter has come, so that nobody hands in what does not compile
// without knowing it.
func state(ctx context.Context, t *terminal.Terminal, b *book.Book, c workbook.Chapter) int {
	results, err := book.Check(ctx, t, []workbook.Chapter{c})
	if err != nil {
		return t.Failed("lab submit: %v", err)
	}
	t.Printf("\n")
	switch r := results[0]; {
	case !r.Compiles():
		t.Printf("%s\n%s\n", t.Styled("1;31", t.Say("Chapter %d does not compile.", c.Number)), t.Say("Like this it earns nothing. What is wrong:"))
		t.Printf("%s%s check %d\n", t.Label(t.Say("run")), t.Command(), c.Number)
		return terminal.ExitFailed
	case r.Complete():
		t.Printf("%s\n", t.Styled("1;32", t.Say("All %d steps are done.", len(r.Steps))))
	default:
		t.Printf("%s\n", t.Say("%d of %d steps are done. You can hand in again.", r.Done(), len(r.Steps)))
	}
	if given := givenSteps(c); given > 0 {
		t.Printf("%s\n", t.Say("Marked as given by lab catchup: %d steps.", given))
	}
	return terminal.ExitOK
}

// givenSteps counts the steps that were given.
func givenSteps(c workbook.Chapter) int {
	files, err := workbook.GoFiles(c.StubFolder(), false)
	given := make(map[int]bool)
	for _, file := range files {
		text, readErr := os.ReadFile(file)
		err = errors.Join(err, readErr)
		for _, step := range workbook.GivenSteps(c.Number, text) {
			given[step] = true
		}
	}
	return len(given)
}

// pack writes the zip to a file of that name in the workbook's folder.
func pack(root string, c workbook.Chapter, files handin.Files, name string) error {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	add := func(name string, text []byte) error {
		entry, err := z.Create(name)
		if err == nil {
			_, err = entry.Write(text)
		}
		return err
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if err := add(c.File(file), files[file]); err != nil {
			return err
		}
	}
	switch text, err := os.ReadFile(filepath.Join(root, manifest)); {
	case err == nil:
		if err := add(manifest, text); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return progress.Replace(filepath.Join(root, name), packed.Bytes())
}
