// Command grade hands a chapter out, marks what is handed in, and says what a class has
// not understood.
//
//	cd course && go run ./grade help
//
// It is for teachers, and a module of its own: learners download none of it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"tcpworkbook/course/internal/sandbox"
)

func main() {
	sandbox.Init() // which does not return where this program is what launches a submission
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "grade:", err)
		os.Exit(1)
	}
}

// command is grade with all that it can do.
func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "grade",
		Short:         "grade hands a chapter out, marks what is handed in, and says what a class has not understood.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().String("workbook", ".", "the workbook's folder, or one inside it")
	root.AddCommand(handoutCommand(), runCommand(), selftestCommand(), imageCommand(), markCommand(), reportCommand(), exportCommand(), diffCommand(), similarCommand(), classCommand(), workshopCommand())
	return root
}
