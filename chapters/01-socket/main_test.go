package socket

import (
	"testing"

	"tcpworkbook/kit/guard"
)

func TestMain(m *testing.M) { guard.Main(m) }
