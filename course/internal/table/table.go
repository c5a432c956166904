// Package table writes tables that a spreadsheet opens.
package table

import (
	"encoding/csv"
	"io"
	"strings"
)

// Write writes rows as CSV. A cell that a spreadsheet would take for a formula has a quote
// before it, which shows it as text.
func Write(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = Safe(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Safe returns a cell as text: one that begins with =, +, -, @, a tab or a line's end is a
// formula to a spreadsheet, be it a name or not. A number stays one.
func Safe(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) || isNumber(cell) {
		return cell
	}
	return "'" + cell
}

func isNumber(cell string) bool {
	digits := strings.TrimPrefix(cell, "-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") <= 1
}
