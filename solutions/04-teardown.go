package solutions

import (
	"tcpworkbook/kit/stack"
	teardown "tcpworkbook/solutions/04-teardown"
)

func init() {
	chapters = append(chapters, func(all *stack.Chapters) { all.Teardown = teardown.Chapter{} })
}
