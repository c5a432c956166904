package solutions

import (
	"tcpworkbook/kit/stack"
	transfer "tcpworkbook/solutions/03-transfer"
)

func init() {
	chapters = append(chapters, func(all *stack.Chapters) { all.Transfer = transfer.Chapter{} })
}
