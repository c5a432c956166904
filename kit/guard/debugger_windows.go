package guard

import "syscall"

// traced reports whether a debugger runs this process (IsDebuggerPresent, debugapi.h).
func traced() bool {
	present, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("IsDebuggerPresent").Call()
	return present != 0
}
