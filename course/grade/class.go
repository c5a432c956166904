package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/class"
)

// classCommand is `grade class`.
func classCommand() *cobra.Command {
	var out string
	var size int
	var seed uint64
	c := &cobra.Command{
		Use:   "class CHAPTER",
		Short: "make up a class, to try all this with",
		Long: `grade class makes up a class: students who have done the chapter up to some step, many
of them with a mistake of the catalogue, some in another way that is right. It writes
what they hand in and a roster.csv, so that everything can be tried before a term. The
same seed makes the same class.`,
		Example: "  grade class 3 -o class/\n  cd class\n  grade run 3 submissions/ -o out/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, chapter, err := chapterOf(cmd, args[0])
			if err != nil {
				return err
			}
			if size < 1 || size > 10_000 {
				return fmt.Errorf("--size %d: a class has 1 to 10000 students", size)
			}
			students, err := class.Make(chapter, seed, size)
			if err != nil {
				return err
			}
			if err := class.Write(out, chapter, students); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s and roster.csv: %d students\n", filepath.Join(out, "submissions"), size)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "class", "the folder for submissions and roster")
	c.Flags().IntVar(&size, "size", 30, "how many students")
	c.Flags().Uint64Var(&seed, "seed", 7, "another seed makes another class")
	return c
}
