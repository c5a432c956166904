package transfer

import (
	"testing"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
	"tcpworkbook/solutions"
)

func TestStep13_Storm(t *testing.T) {
	storm.Run(t, stack.Chapters{Transfer: Chapter{}}, solutions.Chapters())
}
