package solutions

import (
	"tcpworkbook/kit/stack"
	timewait "tcpworkbook/solutions/05-timewait"
)

func init() {
	chapters = append(chapters, func(all *stack.Chapters) { all.TimeWait = timewait.Chapter{} })
}
