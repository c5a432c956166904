// Package netns makes network namespaces of the kernel's: networks of its own, with no
// device but what is made in them, and nothing of the machine's. It needs Linux and root.
package netns
