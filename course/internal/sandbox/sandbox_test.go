package sandbox

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	Init()
	os.Exit(m.Run())
}

func TestFind(t *testing.T) {
	for _, k := range []Kind{Bubblewrap, Landlock} {
		_, err := Find(string(k))
		t.Log(k, err)
	}
	k, err := Find("")
	t.Log(k, err)
	_, err = Find("none at all")
	require.ErrorContains(t, err, `there is no sandbox "none at all"`)
	k, err = Find("none")
	require.NoError(t, err)
	require.Equal(t, None, k)
}
