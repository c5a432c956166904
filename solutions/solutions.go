// Package solutions puts the five reference chapters together to one TCP.
package solutions

import "tcpworkbook/kit/stack"

// Chapters returns the reference for every chapter that is there: one whose folder,
// and the file of that name beside it, were deleted before the workbook was handed
// out is nil.
func Chapters() stack.Chapters {
	var all stack.Chapters
	for _, put := range chapters {
		put(&all)
	}
	return all
}

// chapters put one chapter each in its place. The files called like the chapters
// fill it, so that any of them can be left out.
var chapters []func(all *stack.Chapters)
