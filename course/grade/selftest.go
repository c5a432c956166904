package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/judge"
	"tcpworkbook/course/internal/sandbox"
	"tcpworkbook/course/internal/selftest"
	"tcpworkbook/kit/workbook"
)

// selftestCommand is `grade selftest`.
func selftestCommand() *cobra.Command {
	var kind, only string
	c := &cobra.Command{
		Use:   "selftest",
		Short: "see which defences hold on this machine",
		Long: `grade selftest grades more than thirty submissions, each of which tries something: to end the
tests, to forge their verdicts, to read your files, to call home, to take all memory.
It says of each what came of it on this machine, and fails if one earned a point that
it should not, or got what it wanted. Call it before you grade the first time.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			w, c, err := chapterOf(cmd, selftest.Chapter)
			if err != nil {
				return err
			}
			k, err := sandbox.Find(kind)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "sandbox: %v\n", k)
			j, err := judge.New(cmd.Context(), w, c, k, selftest.Seed, workbook.English)
			if err != nil {
				return err
			}
			defer j.Close()
			tried, broken := 0, 0
			err = selftest.Run(cmd.Context(), w, j, only, func(f selftest.Finding) {
				tried++
				mark, says := "✓", fmt.Sprintf("%s, %d of %d tests pass, %v", f.Status, f.Passed, f.Of, f.Took.Round(100*time.Millisecond))
				if f.Status == "refused" {
					says = "refused: " + f.Says
				}
				if f.Wrong != "" {
					broken++
					mark = "✗"
					says += "\n    WRONG: " + f.Wrong + "\n    " + f.Says
				}
				fmt.Fprintf(out, "%s %s, tries %s\n    %s\n", mark, f.Name, f.Tries, says)
			})
			if err != nil {
				return err
			}
			if broken > 0 {
				return fmt.Errorf("%d of %d defences do not hold here", broken, tried)
			}
			fmt.Fprintf(out, "all %d hold\n", tried)
			return nil
		},
	}
	c.Flags().StringVar(&kind, "sandbox", "", "bubblewrap, landlock or none (default the best that works here)")
	c.Flags().StringVar(&only, "only", "", "fixtures with this in their names")
	return c
}
