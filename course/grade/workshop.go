package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/bundle"
	"tcpworkbook/course/internal/place"
)

// workshopCommand is `grade workshop`.
func workshopCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "workshop",
		Short: "make the zip for a room without a network",
		Long: `grade workshop makes a zip with the workbook, the modules that it needs, and start.sh
and start.cmd, which get it ready without a network. There is a folder for installers
of Go in it: put in those for the machines that will be in the room.`,
		Example: "  grade workshop -o ws.zip",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := cmd.Flags().GetString("workbook")
			if err != nil {
				return err
			}
			w, err := place.Find(folder)
			if err != nil {
				return err
			}
			draft, err := os.CreateTemp(filepath.Dir(out), ".workshop-*")
			if err != nil {
				return err
			}
			defer os.Remove(draft.Name())
			err = errors.Join(bundle.Write(cmd.Context(), w, draft), draft.Chmod(0o644), draft.Close())
			if err != nil {
				return err
			}
			info, err := os.Stat(draft.Name())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %.1f MB; it unpacks to %s, where start.sh and start.cmd are\n", out, float64(info.Size())/1e6, bundle.Folder)
			return os.Rename(draft.Name(), out)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "tcp-workshop.zip", "the zip to write")
	return c
}
