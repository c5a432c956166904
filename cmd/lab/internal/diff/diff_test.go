package diff

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnified(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"the same", "a\nb\n", "a\nb\n", ""},
		{"both empty", "", "", ""},
		{"a line added", "a\nc\n", "a\nb\nc\n", " a\n+b\n c"},
		{"a line taken away", "a\nb\nc\n", "a\nc\n", " a\n-b\n c"},
		{"a line changed", "a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c"},
		{"all new", "", "a\nb\n", "+a\n+b"},
		{"all gone", "a\nb\n", "", "-a\n-b"},
		{"an empty line", "a\n\nb\n", "a\n\nc\n", " a\n\n-b\n+c"},
		{"as much as possible is shared", "a\nb\nc\nd\n", "b\nx\nd\n", "-a\n b\n-c\n+x\n d"},
		{"what is far away is left out", "x\n1\n2\n3\n4\n5\n6\n7\n8\n9\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\n8\n9\nY\n",
			"-x\n+X\n 1\n 2\n 3\n@@ 3 lines that are the same @@\n 7\n 8\n 9\n-y\n+Y"},
		{"one line is not worth leaving out", "x\n1\n2\n3\n4\n5\n6\n7\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\nY\n",
			"-x\n+X\n 1\n 2\n 3\n 4\n 5\n 6\n 7\n-y\n+Y"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lines []string
			for _, l := range Unified(test.old, test.new) {
				lines = append(lines, l.String())
			}
			assert.Equal(t, test.want, strings.Join(lines, "\n"))
		})
	}
}
