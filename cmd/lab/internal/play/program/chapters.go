//go:build js && wasm

package main

import "tcpworkbook/kit/stack"

// built says whose chapters are here.
type built struct {
	Chapters []chapter `json:"chapters"`
}

type chapter struct {
	N     int    `json:"n"`
	Name  string `json:"name"`
	Whose string `json:"whose"` // "mine" or "ref"
	State string `json:"state"` // "whole"; of the learner's, "unfinished"; where the reference stands in, "broken" or "untouched"
}

// mine returns the learner's chapters. In a program that nobody has composed there are
// none, and the reference stands in for each; see compose.go for how they come here.
func mine() stack.Chapters { return stack.Chapters{} }

var build = built{Chapters: []chapter{}}
