package teardown

import (
	"testing"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
	"tcpworkbook/solutions"
)

func TestStep10_Storm(t *testing.T) {
	storm.Run(t, stack.Chapters{Teardown: Chapter{}}, solutions.Chapters())
}
