package run

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tcpworkbook/course/internal/place"
	"tcpworkbook/kit/workbook"
)

// TestACatalogueIsFoundFromKorean has each entry of the catalogues found by what a test says
// in Korean, too.
func TestACatalogueIsFoundFromKorean(t *testing.T) {
	w, err := place.Find(".")
	require.NoError(t, err)
	for _, c := range w.Chapters {
		catalogue, err := ReadCatalogue(c)
		require.NoError(t, err)
		spoken := workbook.ChapterPhrases(c.StubFolder(), workbook.Korean)
		tried := 0
		for _, m := range catalogue {
			for _, phrase := range spoken.English() {
				if !strings.Contains(phrase, squeeze(m.Says)) || strings.Contains(phrase, "%") {
					continue
				}
				tried++
				for _, said := range []string{phrase, phrase + " (If nothing else helps: the peer's last segment has PSH besides, as real ones may. Look for a bit with seg.Flags.Has, not with ==.)"} {
					korean := spoken.Say(said)
					assert.NotEqual(t, said, korean)
					f := english(workbook.Failure{Test: m.Test, Likely: korean}, spoken)
					_, found := catalogue.Of(f)
					assert.True(t, found, "%s: %q is %q, and back %q", m.Slug, said, korean, f.Likely)
				}
			}
		}
		assert.Greater(t, tried, len(catalogue)/2, c.Name)
		t.Logf("%s: %d of %d", c.Name, tried, len(catalogue))
	}
}
