package workbook

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// specified matches the comment above a specification in README.ko.md: "<!-- Bind
// d69e340d -->", the function and the digest of the English that was translated.
var specified = regexp.MustCompile(`(?m)^<!-- (\w+) ([0-9a-f]{8}) -->$`)

// TestSpecificationsAreCurrent compares what README.ko.md says in Korean of every function
// to be written, in the folds called 명세, with the comment above the function.
func TestSpecificationsAreCurrent(t *testing.T) {
	chapters, err := Chapters(theWorkbook, Stubs)
	require.NoError(t, err)
	for _, c := range chapters {
		t.Run(c.Name, func(t *testing.T) {
			lesson := c.File("README.ko.md")
			text, err := os.ReadFile(filepath.Join(theWorkbook, lesson))
			require.NoError(t, err)
			translated := map[string]string{}
			for _, m := range specified.FindAllStringSubmatch(string(text), -1) {
				assert.NotContains(t, translated, m[1], "%s specifies %s twice", lesson, m[1])
				translated[m[1]] = m[2]
			}
			for name, now := range specifications(t, c.StubFolder()) {
				if was, ok := translated[name]; !ok {
					t.Errorf("%s has no specification of %s: put one into the fold 명세 of its step, below the line\n<!-- %s %s -->", lesson, name, name, now)
				} else if was != now {
					t.Errorf("the comment of %s has changed: bring %s up to date below <!-- %s %s -->, and then make that line\n<!-- %s %s -->", name, lesson, name, was, name, now)
				}
				delete(translated, name)
			}
			for name := range translated {
				t.Errorf("%s specifies %s, and no function of that name is to be written", lesson, name)
			}
		})
	}
}

// specifications returns a digest of the comment of every function in the folder that has
// one and is exported; and of the package, by its name, if its comment has headings: then it
// specifies something, too. Where its lines break does not count.
func specifications(t *testing.T, folder string) map[string]string {
	files, err := GoFiles(folder, false)
	require.NoError(t, err)
	digests := map[string]string{}
	take := func(name string, comment *ast.CommentGroup) {
		sum := sha256.Sum256([]byte(strings.Join(strings.Fields(comment.Text()), " ")))
		digests[name] = fmt.Sprintf("%x", sum[:4])
	}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		if strings.Contains(tree.Doc.Text(), "\n# ") {
			take(tree.Name.Name, tree.Doc)
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Doc == nil || !f.Name.IsExported() {
				continue
			}
			take(f.Name.Name, f.Doc)
		}
	}
	return digests
}
