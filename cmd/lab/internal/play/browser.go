package play

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// open opens an address in the user's browser. The error says that there is none to open
// it in; whether it did is not known.
func open(address string) error {
	var command *exec.Cmd
	switch {
	case runtime.GOOS == "darwin":
		command = exec.Command("open", address)
	case runtime.GOOS == "windows":
		command = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	case os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "":
		command = exec.Command("xdg-open", address)
	default:
		return errors.New("there is no screen")
	}
	if err := command.Start(); err != nil {
		return err
	}
	go command.Wait()
	return nil
}
