package socket

import (
	"testing"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
	"tcpworkbook/solutions"
)

func TestStep8_Storm(t *testing.T) {
	storm.Run(t, stack.Chapters{Socket: Chapter{}}, solutions.Chapters())
}
