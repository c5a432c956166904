package guard

import (
	"os"
	"sync"
)

// A debugger stops the process that it has started, and knows nothing of a second one;
// and whoever stands at a breakpoint may think for longer than three seconds. So under a
// debugger the tests run in the first process, on their own goroutines, and nobody loses
// patience. What ends the program then ends it.

// DebuggerVariable names the environment variable that says, with any value, that there
// is a debugger: for one that the system does not tell of.
const DebuggerVariable = "TCPWORKBOOK_DEBUGGER"

// debugged reports whether a debugger runs this process.
var debugged = sync.OnceValue(func() bool { return os.Getenv(DebuggerVariable) != "" || traced() })
