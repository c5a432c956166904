package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/similar"
)

// similarCommand is `grade similar`.
func similarCommand() *cobra.Command {
	var least int
	var export, out string
	c := &cobra.Command{
		Use:   "similar OUT",
		Short: "see whose submissions are more alike than the chapter makes them",
		Long: `grade similar compares what students have written, without what the stub has and what
lab catchup gave, by Debian's similarity-tester; with the reference and the variants
as further students. It says whom to look at, and not who has copied. --export writes
the same texts for Dolos or JPlag.`,
		Example: "  grade similar out/\n  grade similar out/ --export dolos -o dolos/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			results, err := result.LoadAll(args[0])
			if err != nil {
				return err
			}
			w, c, err := chapterOf(cmd, results[0].Chapter)
			if err != nil {
				return err
			}
			texts, err := similar.Texts(args[0], w, c)
			if err != nil {
				return err
			}
			if export != "" {
				if out == "" {
					return fmt.Errorf("where to? -o names a folder")
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d texts for %s\n", out, len(texts), export)
				return similar.Export(texts, export, out)
			}
			pairs, err := similar.Pairs(cmd.Context(), texts, least)
			if err != nil {
				return err
			}
			for _, p := range pairs {
				fmt.Fprintf(cmd.OutOrStdout(), "%3d %% of %s is in %s, and %d %% the other way\n", p.AinB, p.A.Name, p.B.Name, p.BinA)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d pairs of %d texts, from %d %% on\n", len(pairs), len(texts), least)
			return nil
		},
	}
	c.Flags().IntVar(&least, "least", 60, "how much of one must be in the other, percent")
	c.Flags().StringVar(&export, "export", "", "dolos or jplag")
	c.Flags().StringVarP(&out, "output", "o", "", "the folder for --export")
	return c
}
