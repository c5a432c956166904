package socket

import (
	"testing"

	"tcpworkbook/kit/script"
)

func TestMain(m *testing.M) { script.Main(m) }
