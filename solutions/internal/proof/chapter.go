package proof

import (
	"path/filepath"

	"tcpworkbook/kit/workbook"
)

// Chapter is a chapter whose tests are to be proved.
type Chapter struct{ workbook.Chapter }

// Chapters returns the chapters for which the workbook in folder root has a
// solution, in order.
func Chapters(root string) ([]Chapter, error) {
	found, err := workbook.Chapters(root, workbook.Solutions)
	var chapters []Chapter
	for _, c := range found {
		chapters = append(chapters, Chapter{c})
	}
	return chapters, err
}

// VariantFolders returns the folders of other right implementations.
func (c Chapter) VariantFolders() ([]string, error) {
	return filepath.Glob(filepath.Join(c.Root, "solutions", "variants", c.Name, "*"))
}
