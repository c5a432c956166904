package solutions

import (
	"tcpworkbook/kit/stack"
	handshake "tcpworkbook/solutions/02-handshake"
)

func init() {
	chapters = append(chapters, func(all *stack.Chapters) { all.Handshake = handshake.Chapter{} })
}
