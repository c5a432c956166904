package proof

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeclaredNames(t *testing.T) {
	tree, err := parser.ParseFile(token.NewFileSet(), "x_test.go", `package x
		const iss, next = 1, 2
		var chapters int
		type stays struct{}
		func (stays) Enter() {}
		func segment() { local := 1; _ = local }
		func TestStep1_X() {}`, 0)
	require.NoError(t, err)
	names := declared(tree)
	assert.Equal(t, []string{"iss", "next", "chapters", "stays", "segment", "TestStep1_X"}, names)
	for _, name := range names {
		free := name == "next" || name == "stays" || name == "segment"
		assert.NotEqual(t, free, testsName.MatchString(name), name)
	}
}
