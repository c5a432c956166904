package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/handout"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/workbook"
)

// handoutCommand is `grade handout`.
func handoutCommand() *cobra.Command {
	var out, course string
	var unchecked bool
	c := &cobra.Command{
		Use:   "handout CHAPTER",
		Short: "make the zip that students get for one chapter",
		Long: `grade handout makes the zip that students get for one chapter: its stub, tests and
lesson, the reference of the chapters before it, and nothing of its solution. The same
workbook gives the same zip, byte for byte. It is unpacked and tried before it is
written: all of it compiles, each test runs and fails, and no link is dead.`,
		Example: "  grade handout 3 -o ch3.zip",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, chapter, err := chapterOf(cmd, args[0])
			if err != nil {
				return err
			}
			if err := published(w, chapter, course, time.Now()); err != nil {
				return err
			}
			h, err := handout.Make(w, chapter)
			if err != nil {
				return err
			}
			if !unchecked {
				if err := check(cmd, h, w, chapter); err != nil {
					return err
				}
			}
			if out == "" {
				out = h.Folder + ".zip"
			}
			if err := writeHandout(h, out); err != nil {
				return err
			}
			digest, err := h.Digest()
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %v, %d KB, SHA-256 %.16s…\n", out, h, h.Size()>>10, digest)
			return err
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the zip to write (default tcp-CHAPTER.zip)")
	c.Flags().StringVar(&course, "course", "course.toml", "deadlines: the solution of the chapter before is in it")
	c.Flags().BoolVar(&unchecked, "unchecked", false, "write it without trying it")
	return c
}

// published says that it is too early: the hand-out has the solution of the chapter before
// in it, which somebody may still hand in.
func published(w place.Workbook, c workbook.Chapter, file string, now time.Time) error {
	course, err := terms.Load(file)
	if err != nil {
		return err
	}
	for _, before := range w.Chapters {
		if before.Number >= c.Number {
			continue
		}
		if at := course.Chapter(before).Published(); now.Before(at) {
			return fmt.Errorf("the solution of chapter %d is in it, which by %s may be seen from %s on", before.Number, file, at.Format("2 January 2006 15:04 MST"))
		}
	}
	return nil
}

// chapterOf finds the workbook, and in it a chapter.
func chapterOf(cmd *cobra.Command, meant string) (place.Workbook, workbook.Chapter, error) {
	folder, err := cmd.Flags().GetString("workbook")
	if err != nil {
		return place.Workbook{}, workbook.Chapter{}, err
	}
	w, err := place.Find(folder)
	if err != nil {
		return w, workbook.Chapter{}, err
	}
	c, err := w.Chapter(meant)
	return w, c, err
}

// check tries a hand-out.
func check(cmd *cobra.Command, h handout.Handout, w place.Workbook, c workbook.Chapter) error {
	scratch, err := os.MkdirTemp("", "handout-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := h.Check(cmd.Context(), w, c, scratch); err != nil {
		return fmt.Errorf("the hand-out is not good, and was not written:\n%w", err)
	}
	return nil
}

// writeHandout writes the zip: all of it, or none.
func writeHandout(h handout.Handout, out string) error {
	draft, err := os.CreateTemp(filepath.Dir(out), ".handout-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if err := errors.Join(h.Write(draft), draft.Chmod(0o644), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), out)
}
