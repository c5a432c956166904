package handshake

import (
	"testing"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
	"tcpworkbook/solutions"
)

func TestStep12_Storm(t *testing.T) {
	storm.Run(t, stack.Chapters{Handshake: Chapter{}}, solutions.Chapters())
}
