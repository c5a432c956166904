package script

import (
	"os"
	"testing"

	"tcpworkbook/kit/workbook"
)

// TestMain has failures told in English: that is what the tests here expect.
func TestMain(m *testing.M) {
	os.Setenv(workbook.LanguageVariable, workbook.English.Name())
	os.Exit(m.Run())
}
