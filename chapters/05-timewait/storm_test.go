package timewait

import (
	"testing"

	"tcpworkbook/kit/stack"
	"tcpworkbook/kit/storm"
	"tcpworkbook/solutions"
)

func TestStep9_Storm(t *testing.T) {
	storm.Run(t, stack.Chapters{TimeWait: Chapter{}}, solutions.Chapters())
}
