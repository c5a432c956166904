// Package solutions puts the five reference chapters together to one TCP.
package solutions

import (
	"tcpworkbook/kit/stack"
	socket "tcpworkbook/solutions/01-socket"
	handshake "tcpworkbook/solutions/02-handshake"
	transfer "tcpworkbook/solutions/03-transfer"
	teardown "tcpworkbook/solutions/04-teardown"
	timewait "tcpworkbook/solutions/05-timewait"
)

// Chapters returns the reference for every chapter.
func Chapters() stack.Chapters {
	return stack.Chapters{
		Socket:    socket.Chapter{},
		Handshake: handshake.Chapter{},
		Transfer:  transfer.Chapter{},
		Teardown:  teardown.Chapter{},
		TimeWait:  timewait.Chapter{},
	}
}
