package page

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tcpworkbook/cmd/lab/internal/terminal"
)

// What is cut away of a message is what tells least.
func TestCutMiddle(t *testing.T) {
	lines := strings.Split(`segment (-want +got):
   Seq:     0
-  Ack:     301
+  Ack:     300
-  Flags:   SYN,ACK
+  Flags:   ACK
so far:
  0.000s  one
  0.000s  two
  0.000s  three
  0.000s  four
  0.000s  five
  0.000s  six
✗ 0.000s  wrong
likely: this.`, "\n")
	cut := func(most int) string {
		return strings.Join(cutMiddle(&terminal.Terminal{}, append([]string(nil), lines...), most), "\n")
	}
	all := strings.Join(lines, "\n")
	assert.Equal(t, all, cut(15))
	assert.Equal(t, strings.Replace(all, "   Seq:     0\n", "", 1), cut(14), "what does not differ")
	assert.Equal(t, `segment (-want +got):
-  Ack:     301
+  Ack:     300
-  Flags:   SYN,ACK
+  Flags:   ACK
so far:
  0.000s  one
    …
  0.000s  four
  0.000s  five
  0.000s  six
✗ 0.000s  wrong
likely: this.`, cut(13), "rows of the ladder")
	assert.Equal(t, `segment (-want +got):
-  Ack:     301
+  Ack:     300
    …
  0.000s  three
  0.000s  four
  0.000s  five
  0.000s  six
✗ 0.000s  wrong
likely: this.`, cut(10))
	assert.Equal(t, `segment (-want +got):
-  Ack:     301
+  Ack:     300
    …
✗ 0.000s  wrong
likely: this.`, cut(6))
}

// One line of a diff is not shown without the other.
func TestCutMiddleTearsNoDiff(t *testing.T) {
	lines := strings.Split("a\nb\nc\n-  Ack:     301\n-  Seq:     1\n+  Seq:     2\nd\ne\n✗ f", "\n")
	assert.Equal(t, "a\nb\nc\n    …\nd\ne\n✗ f", strings.Join(cutMiddle(&terminal.Terminal{}, lines, 8), "\n"))
}
