package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/compare"
	"tcpworkbook/course/internal/export"
	"tcpworkbook/course/internal/report"
	"tcpworkbook/course/internal/result"
	"tcpworkbook/course/internal/terms"
)

// reportCommand is `grade report`.
func reportCommand() *cobra.Command {
	var roster string
	c := &cobra.Command{
		Use:   "report OUT",
		Short: "see what a class has not understood",
		Long: `grade report writes two files into the folder that grade run has filled: report.html,
one page that needs no network, with where the students stand, what the class has not
understood and what was refused; and report.csv, a row for each student.`,
		Example: "  grade report out/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			students, err := terms.LoadRoster(roster)
			if err != nil {
				return err
			}
			class, err := report.Load(args[0], students)
			if err != nil {
				return err
			}
			page, err := class.HTML()
			if err != nil {
				return err
			}
			rows, err := class.CSV()
			if err != nil {
				return err
			}
			for name, text := range map[string][]byte{"report.html": page, "report.csv": rows} {
				if err := result.Write(filepath.Join(args[0], name), text); err != nil {
					return err
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s, and report.csv: %d students, %d have done all\n", filepath.Join(args[0], "report.html"), len(class.Results), class.AllDone)
			for i, m := range class.Misconceptions {
				if i == 3 || m.First == 0 {
					break
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%4d  step %s.%d: %s\n", m.First, strings.TrimLeft(class.About.Chapter[:2], "0"), m.Step, m.Sentence)
			}
			return nil
		},
	}
	c.Flags().StringVar(&roster, "roster", "roster.csv", "who is in the class")
	return c
}

// exportCommand is `grade export`.
func exportCommand() *cobra.Command {
	var format, template, into, column, told, out, roster string
	c := &cobra.Command{
		Use:   "export OUT",
		Short: "write results as a learning platform reads them",
		Long: `grade export writes results as a learning platform reads them.

csv puts the points into one column of a table that a platform has exported, --into,
and leaves the rest as it is; without --into it writes a table of its own. The other
formats have a file for each student:
` + strings.Join(export.Names(), ", ") + `.
Anything else goes by a Go text/template of your own, --template.`,
		Example: `  grade export out/ --format csv --into canvas.csv --column "Chapter 3" -o import.csv
  grade export out/ --format csv --into moodle.csv --column Grade --feedback "Feedback comments" -o import.csv
  grade export out/ --format junit -o junit/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return fmt.Errorf("where to? -o names a file for csv, and a folder for the others")
			}
			if format == "csv" {
				return exportTable(cmd, args[0], into, column, told, out, roster)
			}
			f, known := export.Formats()[format]
			if template != "" {
				text, err := os.ReadFile(template)
				if err != nil {
					return err
				}
				name := filepath.Base(template)
				f, known = export.Format{File: strings.TrimSuffix(name, filepath.Ext(name)), Write: func(r result.Result) ([]byte, error) {
					return export.Template(name, string(text), r)
				}}, true
			}
			if !known {
				return fmt.Errorf("there is no format %.30q; there are csv, %s", format, strings.Join(export.Names(), ", "))
			}
			n, err := export.Each(args[0], out, f)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d files called %s\n", out, n, f.File)
			}
			return err
		},
	}
	flags := c.Flags()
	flags.StringVar(&format, "format", "csv", "csv, or one of those above")
	flags.StringVar(&template, "template", "", "a text/template for each result")
	flags.StringVar(&into, "into", "", "csv: a table that a platform has exported")
	flags.StringVar(&column, "column", "", "csv: the column that gets the points, or how its name begins")
	flags.StringVar(&told, "feedback", "", "csv: the column that gets a sentence for the student")
	flags.StringVarP(&out, "output", "o", "", "the file, or the folder, to write")
	flags.StringVar(&roster, "roster", "roster.csv", "who is in the class")
	return c
}

// exportTable writes a table.
func exportTable(cmd *cobra.Command, folder, into, column, told, out, roster string) error {
	all, err := result.LoadAll(folder)
	if err != nil {
		return err
	}
	if into == "" {
		text, err := export.Table(all)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rows\n", out, len(all))
		return result.Write(out, text)
	}
	students, err := terms.LoadRoster(roster)
	if err != nil {
		return err
	}
	table, err := os.ReadFile(into)
	if err != nil {
		return err
	}
	filled, err := export.Fill(table, column, told, all, students)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rows filled\n", out, filled.Rows)
	if len(filled.Missing) > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "no row is for %s\n", strings.Join(filled.Missing, ", "))
	}
	return result.Write(out, filled.Text)
}

// diffCommand is `grade diff`.
func diffCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "see who gains and who loses by mended tests, before they are told",
		Long: `grade diff compares two gradings of a class, each the folder that grade run has
filled: who gains, who loses, and which tests came to another outcome.`,
		Example: "  grade diff out-before/ out/",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := result.LoadAll(args[0])
			if err != nil {
				return err
			}
			after, err := result.LoadAll(args[1])
			if err != nil {
				return err
			}
			fmt.Fprint(cmd.OutOrStdout(), compare.Of(before, after))
			return nil
		},
	}
}
