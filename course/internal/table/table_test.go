package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFormulaIsShownAsText(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Write(&b, [][]string{{"=HYPERLINK(\"x\")", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\r=1"}, {"-1.5", "12", "Kim, Minsu", "a=b", "", "-"}}))
	assert.Equal(t, "\"'=HYPERLINK(\"\"x\"\")\",'+1+1,'-2+3,'@SUM(A1),'\tx,\"'\r=1\"\n-1.5,12,\"Kim, Minsu\",a=b,,'-\n", b.String())
}
