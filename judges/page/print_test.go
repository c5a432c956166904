package page

import (
	"context"
	"net/url"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pdfPage matches what begins a page in a PDF of Chromium's.
var pdfPage = regexp.MustCompile(`/Type\s*/Page\b`)

// TestPrints prints what workshop/FACILITATOR.md says is to be printed, on A4. The sheet
// takes the two pages of one leaf; the cards of all steps take few enough to be cut up.
func TestPrints(t *testing.T) {
	for file, most := range map[string]int{"sheet.html": 2, "sheet.ko.html": 2, "cards.html": 10, "cards.ko.html": 10} {
		t.Run(file, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("..", "..", "workshop", "print", file))
			require.NoError(t, err)
			here := open(t, desk)
			css := true
			here.run(chromedp.Navigate((&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()))
			var pdf []byte
			here.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &css})
				pdf = r.Data
				return err
			}))
			pages := len(pdfPage.FindAll(pdf, -1))
			if most == 2 {
				assert.Equal(t, 2, pages, "two pages, one leaf")
			} else {
				assert.True(t, 5 <= pages && pages <= most, "%d pages", pages)
			}
		})
	}
}
