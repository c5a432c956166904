//go:build !linux

package serve

func limitThreads() {}
