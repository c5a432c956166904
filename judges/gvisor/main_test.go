package gvisor

import (
	"flag"
	"os"
	"testing"
)

// Most of a case is waiting for a time-out, so many run at once, however few
// processors there are.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.parallel").Value.String() == flag.Lookup("test.parallel").DefValue {
		many := "24"
		if raced {
			many = "4" // computing, and no longer waiting
		}
		flag.Set("test.parallel", many)
	}
	os.Exit(m.Run())
}
