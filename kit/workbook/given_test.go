package workbook

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGivenSteps(t *testing.T) {
	text := "package transfer\n\n// Acceptable does.\n//\n" + GivenMark(3, 1) + "\n" + GivenMark(3, 12) + "\nfunc f() {}\n\n" +
		GivenMark(3, 1) + "\nfunc g() {\n\t" + GivenMark(3, 7) + " in a body\n}\n" + GivenMark(4, 2) + "\n"
	assert.Equal(t, []int{1, 12}, GivenSteps(3, []byte(text)))
	assert.Empty(t, GivenSteps(3, []byte("package transfer\n")))
}
