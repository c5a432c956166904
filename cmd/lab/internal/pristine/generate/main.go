// Command generate copies the chapters' stubs to package pristine. A chapter that
// somebody has begun to write it leaves as it is.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/kit/workbook"
)

func main() {
	// go generate runs commands in the folder of the package.
	if err := generate("../../../..", "stubs"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate copies the stubs of the workbook in folder root to folder to.
func generate(root, to string) error {
	chapters, err := workbook.Chapters(root, workbook.Stubs)
	if err != nil {
		return err
	}
	for _, c := range chapters {
		edited, err := c.Edited()
		if err != nil {
			return err
		}
		if len(edited) > 0 {
			fmt.Fprintf(os.Stderr, "generate: chapter %s is no untouched stub, and left out: there is code in %s\n",
				c.Name, strings.Join(edited, ", "))
			continue
		}
		if err := copyStub(c, filepath.Join(to, c.Name)); err != nil {
			return err
		}
	}
	return forget(chapters, to)
}

// copyStub has a folder hold what the chapter's stub consists of, and nothing else.
func copyStub(c workbook.Chapter, to string) error {
	files, err := workbook.GoFiles(c.StubFolder(), false)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)+pristine.Suffix), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the copies of chapters that there are no more.
func forget(chapters []workbook.Chapter, to string) error {
	entries, err := os.ReadDir(to)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if slices.ContainsFunc(chapters, func(c workbook.Chapter) bool { return c.Name == e.Name() }) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
