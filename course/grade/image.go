package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/export"
	"tcpworkbook/course/internal/image"
	"tcpworkbook/course/internal/judge"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/submissions"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/workbook"
)

// imageCommand is `grade image`.
func imageCommand() *cobra.Command {
	var platform, out, course string
	var o image.Options
	c := &cobra.Command{
		Use:   "image CHAPTER",
		Short: "make what a learning platform marks a chapter with by itself",
		Long: `grade image makes what a learning platform marks a chapter with by itself, at once when
something is handed in: a zip for Gradescope, a folder with files for the others. The
tests, grade and all modules are in it, and it uses no network where it runs. The same
workbook gives the same image, byte for byte.

Go must be there, unless --go puts it in. Points stand in course.toml; dates are the
platform's.`,
		Example: "  grade image 3 --for gradescope -o autograder.zip\n  grade image 3 --for autolab -o autolab/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := image.Find(platform)
			if err != nil {
				return err
			}
			w, chapter, err := chapterOf(cmd, args[0])
			if err != nil {
				return err
			}
			if o.Course, err = terms.Load(course); err != nil {
				return err
			}
			if err := knownSandbox(o.Sandbox); err != nil {
				return err
			}
			if out == "" {
				out = p.Format + "-" + chapter.Name
				if p.Packed() {
					out += ".zip"
				}
			}
			if err := free(p, out); err != nil {
				return err
			}
			made, err := image.Make(cmd.Context(), w, chapter, p, o)
			if err != nil {
				return err
			}
			if err := writeImage(made, out); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s for %v, %.1f MB\n", out, chapter.Name, p, float64(made.Size())/1e6)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&platform, "for", "", strings.Join(image.Names(), ", "))
	f.StringVarP(&out, "output", "o", "", "the zip, or the folder, to write (default PLATFORM-CHAPTER)")
	f.StringVar(&course, "course", "course.toml", "points and the seed")
	f.StringVar(&o.Sandbox, "sandbox", "", "bubblewrap, landlock or none (default the best that works there)")
	f.StringVar(&o.Go, "go", "", "an archive of https://go.dev/dl to put in, if there is no Go where it runs")
	return c
}

// knownSandbox says when there is no sandbox of that name. Whether it holds is tried where the image
// runs.
func knownSandbox(kind string) error {
	switch sandbox.Kind(kind) {
	case "", sandbox.Bubblewrap, sandbox.Landlock, sandbox.None:
		return nil
	}
	_, err := sandbox.Find(kind)
	return err
}

// free says that a folder has something in it already: what is left there of an older image
// would be marked with.
func free(p image.Platform, out string) error {
	entries, err := os.ReadDir(out)
	if !p.Packed() && err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty", out)
	}
	return nil
}

// writeImage writes an image: a zip as a whole, or not at all.
func writeImage(i image.Image, out string) error {
	if !i.Platform.Packed() {
		return i.WriteFolder(out)
	}
	draft, err := os.CreateTemp(filepath.Dir(out), ".image-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	if err := errors.Join(i.WriteZip(draft), draft.Chmod(0o644), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), out)
}

// markCommand is `grade mark`, which an image calls where it runs.
func markCommand() *cobra.Command {
	var format, out string
	var flags runFlags
	c := &cobra.Command{
		Use:    "mark CHAPTER FOLDER",
		Short:  "mark one submission, as an image does",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, c, err := chapterOf(cmd, args[0])
			if err != nil {
				return err
			}
			f, known := export.Formats()[format]
			if !known {
				return fmt.Errorf("there is no format %.30q", format)
			}
			r, err := mark(cmd, w, c, flags, args[1])
			if err != nil {
				return err
			}
			text, err := f.Write(r)
			if err != nil {
				return err
			}
			if out == "-" {
				_, err = cmd.OutOrStdout().Write(text)
				return err
			}
			return result.Write(out, text)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "", "what to write")
	f.StringVarP(&out, "output", "o", "-", "where to")
	f.StringVar(&flags.course, "course", "course.toml", "points and the seed")
	f.StringVar(&flags.sandbox, "sandbox", "", "bubblewrap, landlock or none (default the best that works here)")
	return c
}

// mark marks one submission.
func mark(cmd *cobra.Command, w place.Workbook, c workbook.Chapter, flags runFlags, folder string) (result.Result, error) {
	course, err := terms.Load(flags.course)
	if err != nil {
		return result.Result{}, err
	}
	kind, err := sandbox.Find(flags.sandbox)
	if err != nil {
		return result.Result{}, err
	}
	if c.Edition, err = course.Edition(); err != nil {
		return result.Result{}, err
	}
	s, err := submissions.One(folder, c)
	if err != nil {
		return result.Result{}, err
	}
	s.ID = "submission"
	o, err := options(w, c, course, nil)
	if err != nil {
		return result.Result{}, err
	}
	o.Feedback = nil
	if o.Out, err = os.MkdirTemp("", "mark-"); err != nil {
		return result.Result{}, err
	}
	defer os.RemoveAll(o.Out)
	j, err := judge.New(cmd.Context(), w, c, kind, course.Seed, c.Edition)
	if err != nil {
		return result.Result{}, err
	}
	defer j.Close()
	if _, err := run.Run(cmd.Context(), j, []submissions.Submission{s}, o); err != nil {
		return result.Result{}, err
	}
	return result.Load(filepath.Join(o.Out, s.ID))
}
