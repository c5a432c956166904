package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tcpworkbook/course/internal/feedback"
	"tcpworkbook/course/internal/judge"
	"tcpworkbook/course/internal/place"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/run"
	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/submissions"
	"tcpworkbook/course/internal/terms"
	"tcpworkbook/kit/workbook"
)

// runFlags are what grade run can be told.
type runFlags struct {
	out, course, roster, sandbox string
	jobs                         int
	twice, again                 bool
	seed                         int64
	language                     string
}

// runCommand is `grade run`.
func runCommand() *cobra.Command {
	var flags runFlags
	c := &cobra.Command{
		Use:   "run CHAPTER SUBMISSIONS...",
		Short: "mark what was handed in",
		Long: `grade run marks what was handed in: folders, zips, git clones, and what Moodle, Canvas
and Gradescope let one download, as they are. Each student gets a folder in -o, with
result.json, feedback.md and feedback.html.

A submission runs in a process of its own, in a sandbox, and never together with the
tests. What was marked already is not run again, as long as files, tests, Go and seed
are the same; Ctrl-C keeps what is done, and the same command goes on.

Points, deadlines and the seed stand in course.toml, and who is in the class in
roster.csv, if they are there.`,
		Example: "  grade run 3 submissions/ -o out/\n  grade run 3 moodle-download.zip -o out/",
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRun(cmd, flags, args[0], args[1:])
		},
	}
	f := c.Flags()
	f.StringVarP(&flags.out, "output", "o", "out", "the folder for the results")
	f.StringVar(&flags.course, "course", "course.toml", "points, deadlines and the seed")
	f.StringVar(&flags.roster, "roster", "roster.csv", "who is in the class")
	f.StringVar(&flags.sandbox, "sandbox", "", "bubblewrap, landlock or none (default the best that works here)")
	f.IntVarP(&flags.jobs, "jobs", "j", 0, "how many at a time (default two a processor)")
	f.Int64Var(&flags.seed, "seed", 0, "other numbers in the tests than students see at home, by this seed (default course.toml's)")
	f.StringVar(&flags.language, "lang", "", "en or ko: what students read (default course.toml's, or en)")
	f.BoolVar(&flags.twice, "twice", false, "run each twice, and mark tests that come to two outcomes")
	f.BoolVar(&flags.again, "again", false, "run what was marked already, too")
	return c
}

func runRun(cmd *cobra.Command, flags runFlags, meant string, names []string) error {
	w, c, err := chapterOf(cmd, meant)
	if err != nil {
		return err
	}
	if err := named(cmd, "course", "roster"); err != nil {
		return err
	}
	course, err := terms.Load(flags.course)
	if err != nil {
		return err
	}
	roster, err := terms.LoadRoster(flags.roster)
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("seed") {
		course.Seed = flags.seed
	}
	if flags.language != "" {
		course.Language = flags.language
	}
	if c.Edition, err = course.Edition(); err != nil {
		return err
	}
	kind, err := sandbox.Find(flags.sandbox)
	if err != nil {
		return err
	}
	all, err := submissions.Find(names, c)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("nothing is handed in there")
	}
	o, err := options(w, c, course, roster)
	if err != nil {
		return err
	}
	o.Out, o.Jobs, o.Twice, o.Again = flags.out, flags.jobs, flags.twice, flags.again
	fmt.Fprintf(cmd.ErrOrStderr(), "%d submissions; sandbox: %v\n", len(all), kind)
	j, err := judge.New(cmd.Context(), w, c, kind, course.Seed, c.Edition)
	if err != nil {
		return err
	}
	defer j.Close()
	o.About.Sandbox = string(kind)
	if o.About.Judge, err = w.Judge(c); err != nil {
		return err
	}
	o.Progress = progress(cmd)
	about, err := run.Run(cmd.Context(), j, all, o)
	summary(cmd, about, flags.out)
	return err
}

// named says which of the files that flags name are not there. That there is no course.toml
// and no roster.csv is all right, as long as nobody has asked for one.
func named(cmd *cobra.Command, flags ...string) error {
	for _, name := range flags {
		f := cmd.Flags().Lookup(name)
		if _, err := os.Stat(f.Value.String()); f.Changed && err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	return nil
}

// options are what a class is graded with, but for what the command line says.
func options(w place.Workbook, c workbook.Chapter, course terms.Course, roster terms.Roster) (run.Options, error) {
	catalogue, err := run.ReadCatalogue(c)
	if err != nil {
		return run.Options{}, err
	}
	names, err := w.Files("cmd/lab/internal/pristine/stubs/" + c.Name)
	if err != nil {
		return run.Options{}, err
	}
	stub := make(map[string][]byte)
	for _, name := range names {
		if stub[name], err = w.Read(name); err != nil {
			return run.Options{}, err
		}
	}
	functions, err := run.ReadFunctions(stub)
	return run.Options{
		Chapter: c, Course: course, Roster: roster, Catalogue: catalogue, Functions: functions,
		About: run.About{Version: w.Version()}, Feedback: feedback.Write,
	}, err
}

// progress shows how far it is, and how long it will take, on a terminal; else a line now
// and then.
func progress(cmd *cobra.Command) func(done, of int, r result.Result, kept bool) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		last := time.Now()
		return func(done, of int, r result.Result, kept bool) {
			if time.Since(last) > 10*time.Second {
				last = time.Now()
				fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d\n", done, of)
			}
		}
	}
	var bar *progressbar.ProgressBar
	return func(done, of int, r result.Result, kept bool) {
		if bar == nil {
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(),
				progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetDescription("marking"), progressbar.OptionThrottle(100*time.Millisecond))
		}
		// It only fails where standard error is gone, and with it whom to tell.
		_ = bar.Set(done)
	}
}

// summary says what was done.
func summary(cmd *cobra.Command, about run.About, out string) {
	var statuses []string
	for _, s := range result.Statuses {
		if n := about.Statuses[string(s)]; n > 0 {
			statuses = append(statuses, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(statuses) > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%d marked, %d of them now, in %.1f s: %s\n", about.Count, about.Fresh, about.Seconds, strings.Join(statuses, ", "))
		if n := len(about.Others); n > 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "%s has %d results of earlier runs besides, which reports and exports take, too: %s\n", out, n, strings.Join(about.Others[:min(n, 5)], ", "))
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s; next: grade report %s\n", filepath.Join(out, "*", "feedback.html"), out)
	}
}
