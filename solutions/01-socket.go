package solutions

import (
	"tcpworkbook/kit/stack"
	socket "tcpworkbook/solutions/01-socket"
)

func init() {
	chapters = append(chapters, func(all *stack.Chapters) { all.Socket = socket.Chapter{} })
}
