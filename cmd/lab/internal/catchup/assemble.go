package catchup

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/check"
	"tcpworkbook/cmd/lab/internal/reset"
	"tcpworkbook/kit/workbook"
)

// untilThen is what a function does until its step, where that is more than nothing: the
// lesson asks for it in an earlier one.
var untilThen = map[string]struct {
	step int // the one that asks
	line string
}{
	"CongestionTimeout": {6, "b.Congestion.Window = uint32(b.Snd.MSS) // until step 3.10"},
}

// A later part is lines of the reference that belong to a later step than the one in which
// their function is begun. Whoever goes on at that step has them to write.
type later struct {
	chapter, step int
	function      string // by its String; one that the stub does not have is given without these lines
	lines         string // they stand in it once
}

// laterParts are those without which a step would have nothing left to write or too little,
// or a row of its table nothing to name.
var laterParts = []later{
	{2, 11, "func begin", "\tb.Timestamps.Offset = hash(b.Config.Secret, b.Tuple(), forTimestamps)\n"},
	{3, 11, "func CongestionACK", "\tc.DupACKs = 0\n"},
	{3, 11, "func CongestionACK", "\tcase c.Recovery:\n\t\tRecoveryACK(b, length)\n"},
	{3, 11, "func CongestionACK", "\tc.Recover = c.Recover.Max(b.Snd.Una) // 2 GiB behind would look like ahead\n"},
	{4, 3, "func (Chapter) SendFIN", "\tif b.Snd.FinSent {\n\t\tb.Snd.Resending = false\n\t\temitFIN(b, now)\n\t\treturn\n\t}\n"},
	{4, 3, "func emitFIN", "\tif b.Timers.Retransmit.IsZero() {\n\t\tb.Timers.Retransmit = now.Add(b.RTO.Value)\n\t}\n"},
}

// cutLater returns the text of a function of the reference without the parts of steps from
// one on, and those steps.
func cutLater(chapter int, function, text string, from int) (string, []int, error) {
	var steps []int
	text = strings.ReplaceAll(text, "\r\n", "\n") // as Git for Windows checks it out
	for _, p := range laterParts {
		if p.chapter != chapter || p.function != function || p.step < from {
			continue
		}
		if strings.Count(text, p.lines) != 1 {
			return "", nil, fmt.Errorf("%s: the reference does not have what belongs to step %d.%d: %q", function, p.chapter, p.step, p.lines)
		}
		text = strings.Replace(text, p.lines, "", 1)
		steps = append(steps, p.step)
	}
	return text, steps, nil
}

// givenFrom returns the text in which a function of the reference is given to who goes on at a
// step: what it has to get from there on is left out, and the stub's marks say what that is.
func givenFrom(chapter int, reference, stub function, from int) (string, error) {
	text, left, err := cutLater(chapter, reference.String(), reference.text, from)
	if err != nil {
		return "", err
	}
	var marks strings.Builder
	for _, m := range stub.Markers {
		if slices.Contains(left, m.Step) {
			fmt.Fprintf(&marks, "\t// TODO(step %d.%d): %s\n", m.Chapter, m.Step, m.Text)
		}
	}
	return strings.TrimSuffix(text, "}") + marks.String() + "}", nil
}

// wasGiven reports whether a function's text is what lab catchup gives, at one step or another.
func wasGiven(chapter int, reference, stub function, text string) bool {
	if text == reference.text {
		return true
	}
	return slices.ContainsFunc(laterParts, func(p later) bool {
		given, err := givenFrom(chapter, reference, stub, p.step)
		return err == nil && p.chapter == chapter && p.function == reference.String() && text == given
	})
}

// function is a function with its text, its doc comment included.
type function struct {
	workbook.Function
	text    string
	imports map[string]string // what its file imports: path by name
}

// first returns the step in which the function of a stub is begun; 0 for none.
func (f function) first() int {
	first := 0
	for _, m := range f.Markers {
		if first == 0 || m.Step < first {
			first = m.Step
		}
	}
	return first
}

// beyond are the steps, from the one where the learner goes on, that are given with those
// before it: for a function is given whole, with what it does in later steps.
type beyond struct {
	whole []int // every function of the step is given
	part  []int // some are, and others are left to write
}

// assemble returns the files of a chapter in which the steps before s are the reference's:
// each function that one of them begins, and what only those call. The others are the
// stub's or, with theirs, the learner's own as far as he has written them.
func assemble(b *book.Book, s check.Step, theirs bool) (files map[string][]byte, more beyond, err error) {
	stub, err := pristineFunctions(b, s.Chapter)
	if err != nil {
		return nil, more, err
	}
	own := make(map[string]function)
	if theirs {
		if own, err = folderFunctions(s.Chapter.StubFolder()); err != nil {
			return nil, more, err
		}
	}
	reference, err := folderFunctions(s.Chapter.SolutionFolder())
	if err != nil {
		return nil, more, err
	}
	given, err := needed(stub, reference, s)
	if err != nil {
		return nil, more, err
	}
	names, err := workbook.GoFiles(s.Chapter.SolutionFolder(), false)
	if err != nil {
		return nil, more, err
	}
	stays := make(functions) // what the learner has written of later steps
	for key, mine := range own {
		of, inStub := stub[key]
		isWritten := inStub && !given[key] && !mine.Blank
		stays[key] = isWritten && !isGiven(s.Chapter.Number, reference[key], of, mine.text)
	}
	helpers, err := helpersOf(s, stays, stub, given)
	if err != nil {
		return nil, more, err
	}
	helps := make(map[string]declaration) // the functions among them
	for _, h := range helpers {
		if h.function != "" {
			helps[h.function] = h
		}
	}
	more = given.beyond(stub, s.Number)
	files = make(map[string][]byte)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, more, err
		}
		var notCut error
		written, err := rewrite(text, func(f workbook.Function) (string, map[string]string) {
			of, inStub := stub[f.String()]
			help, isHelper := helps[f.String()]
			switch {
			case given[f.String()]:
				text, cutErr := givenFrom(s.Chapter.Number, reference[f.String()], of, s.Number)
				notCut = errors.Join(notCut, cutErr)
				return marked(s.Chapter, of, text, s.Number, more.whole), nil
			case stays[f.String()]:
				return own[f.String()].text, own[f.String()].imports
			case isHelper:
				return help.text, help.imports
			case inStub:
				return waiting(of, s.Number), of.imports
			}
			return "", nil
		})
		if err = errors.Join(err, notCut); err != nil {
			return nil, more, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		if written != nil {
			files[filepath.Base(name)] = written
		}
	}
	for _, h := range helpers {
		if _, inReference := reference[h.function]; inReference {
			continue // it stands in the reference's place
		}
		text, ok := files[h.file]
		if !ok {
			text = []byte("package " + s.Chapter.Subject() + "\n")
		}
		if files[h.file], err = appended(text, h); err != nil {
			return nil, more, fmt.Errorf("%s: %w", h.file, err)
		}
	}
	return files, more, nil
}

// isGiven reports whether a function is as an earlier lab catchup has given it: it is not the
// learner's, and if its step is to be written now, the stub is.
func isGiven(chapter int, reference, stub function, text string) bool {
	without := workbook.WithoutGivenMarks(text)
	return without != text && wasGiven(chapter, reference, stub, without)
}

// helpersOf returns what the functions that stay need beside those of the stub and those that
// are given: the learner's own declarations, and what an earlier lab catchup has given.
func helpersOf(s check.Step, stays functions, stub map[string]function, given functions) ([]declaration, error) {
	own, err := declarations(s.Chapter.StubFolder())
	if err != nil {
		return nil, err
	}
	reference, err := declarations(s.Chapter.SolutionFolder())
	if err != nil {
		return nil, err
	}
	has := make(map[string]bool)
	for _, d := range reference {
		_, inStub := stub[d.function]
		if d.function == "" || inStub || given[d.function] {
			for _, name := range d.names {
				has[name] = true
			}
		}
	}
	return needs(own, stays, has), nil
}

// appended returns a file with a declaration more.
func appended(text []byte, d declaration) ([]byte, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	imports := importsOf(tree)
	maps.Copy(imports, d.imports)
	head, body := cut(text, tree)
	return finish(head, imports, string(body)+"\n"+d.text+"\n")
}

// functions are some functions of a chapter, by their String.
type functions map[string]bool

// beyond returns what of the steps from one on the given functions have.
func (given functions) beyond(stub map[string]function, from int) (b beyond) {
	begun, left := make(map[int]bool), make(map[int]bool)
	for key, f := range stub {
		for _, m := range f.Markers {
			isLater := func(p later) bool { return p.chapter == m.Chapter && p.step == m.Step && p.function == key }
			if given[key] && !slices.ContainsFunc(laterParts, isLater) {
				begun[m.Step] = true
			} else {
				left[m.Step] = true
			}
		}
	}
	for _, step := range slices.Sorted(maps.Keys(begun)) {
		switch {
		case step < from:
		case left[step]:
			b.part = append(b.part, step)
		default:
			b.whole = append(b.whole, step)
		}
	}
	return b
}

// needed returns the functions of the reference that the steps before one begin, and those
// that these call and the stub does not have.
func needed(stub, reference map[string]function, s check.Step) (functions, error) {
	given := make(functions)
	var queue []string
	for key, f := range stub {
		if first := f.first(); first > 0 && first < s.Number {
			queue = append(queue, key)
		}
	}
	for len(queue) > 0 {
		key := queue[0]
		queue = queue[1:]
		if given[key] {
			continue
		}
		given[key] = true
		calls, err := callsFrom(s.Chapter.Number, reference[key], s.Number)
		if err != nil {
			return nil, err
		}
		for _, called := range calls {
			for other, f := range reference {
				if _, inStub := stub[other]; f.Name == called && !inStub {
					queue = append(queue, other)
				}
			}
		}
	}
	return given, nil
}

// callsFrom returns what a function of the reference calls as it is given to who goes on at a
// step.
func callsFrom(chapter int, reference function, from int) ([]string, error) {
	text, left, err := cutLater(chapter, reference.String(), reference.text, from)
	if err != nil || len(left) == 0 {
		return reference.Calls, err
	}
	cut, err := workbook.FileFunctions("", []byte("package p\n\n"+text))
	if err != nil || len(cut) != 1 {
		return nil, errors.Join(err, fmt.Errorf("%s is no function without what belongs to later steps", reference))
	}
	return cut[0].Calls, nil
}

// marked returns a given function with the marks that say so, for the steps before one and
// some more.
func marked(c workbook.Chapter, stub function, text string, before int, more []int) string {
	var marks []string
	for _, m := range stub.Markers {
		if mark := workbook.GivenMark(c.Number, m.Step); (m.Step < before || slices.Contains(more, m.Step)) && !slices.Contains(marks, mark) {
			marks = append(marks, mark)
		}
	}
	if len(marks) == 0 {
		return text
	}
	at := 0
	if !strings.HasPrefix(text, "func ") {
		at = strings.Index(text, "\nfunc ") + 1
		marks = append([]string{"//"}, marks...)
	}
	return text[:at] + strings.Join(marks, "\n") + "\n" + text[at:]
}

// waiting returns a function of the stub as it is to be until its step.
func waiting(stub function, before int) string {
	then, isMore := untilThen[stub.Name]
	if !isMore || then.step >= before {
		return stub.text
	}
	return strings.TrimSuffix(stub.text, "}") + "\t" + then.line + "\n}"
}

// pristineFunctions returns the functions of a chapter's untouched stub, by their String.
func pristineFunctions(b *book.Book, c workbook.Chapter) (map[string]function, error) {
	files, err := reset.Stub(b, c)
	if err != nil {
		return nil, err
	}
	all := make(map[string]function)
	for name, text := range files {
		if err := add(all, name, text); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// folderFunctions returns the functions in a folder's files, tests excepted.
func folderFunctions(folder string) (map[string]function, error) {
	files, err := workbook.GoFiles(folder, false)
	if err != nil {
		return nil, err
	}
	all := make(map[string]function)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := add(all, file, text); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// add adds the functions of a file.
func add(all map[string]function, name string, text []byte) error {
	found, err := workbook.FileFunctions(name, text)
	if err != nil {
		return err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return err
	}
	imports := importsOf(tree)
	for _, f := range found {
		all[f.String()] = function{f, string(text[f.Begin:f.End]), imports}
	}
	return nil
}

// importsOf returns what a file imports: each package's path by the name that it has in it.
func importsOf(tree *ast.File) map[string]string {
	all := make(map[string]string)
	for _, spec := range tree.Imports {
		of, _ := strconv.Unquote(spec.Path.Value) // the parser has seen that it is one
		name := path.Base(of)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		all[name] = of
	}
	return all
}

// rewrite returns a file in which each function is what instead says, with what that
// imports; without those that instead has nothing for. It imports what it needs. The
// result is nil when nothing is left.
func rewrite(text []byte, instead func(f workbook.Function) (string, map[string]string)) ([]byte, error) {
	functions, err := workbook.FileFunctions("", text)
	if err != nil {
		return nil, err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	imports := importsOf(tree)
	head, body := cut(text, tree)
	var out strings.Builder
	done := len(text) - len(body)
	left := false
	for _, f := range functions {
		out.Write(text[done:f.Begin])
		done = f.End
		replacement, more := instead(f)
		for name, of := range more {
			imports[name] = of
		}
		left = left || replacement != ""
		out.WriteString(replacement)
	}
	out.Write(text[done:])
	if !left && !strings.Contains(out.String(), "\ntype ") {
		return nil, nil
	}
	return finish(head, imports, out.String())
}

// cut returns what stands before a file's imports, and what stands behind them.
func cut(text []byte, tree *ast.File) (head string, body []byte) {
	end := int(tree.Name.End()) - 1
	head = string(text[:end])
	for _, d := range tree.Decls {
		end = int(d.End()) - 1
	}
	return head, text[end:]
}

// finish puts a file together, with those of the imports that it uses.
func finish(head string, imports map[string]string, body string) ([]byte, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), "", head+"\n"+body, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool)
	ast.Inspect(tree, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := s.X.(*ast.Ident); ok {
				used[of.Name] = true
			}
		}
		return true
	})
	var own, others []string
	for name, of := range imports {
		line := strconv.Quote(of)
		if name != path.Base(of) {
			line = name + " " + line
		}
		switch {
		case !used[name] && name != "_":
		case strings.HasPrefix(of, "tcpworkbook/"):
			own = append(own, line)
		default:
			others = append(others, line)
		}
	}
	slices.Sort(own)
	slices.Sort(others)
	var out bytes.Buffer
	out.WriteString(head + "\n\n")
	if len(own)+len(others) > 0 {
		fmt.Fprintf(&out, "import (\n%s\n\n%s\n)\n", strings.Join(others, "\n"), strings.Join(own, "\n"))
	}
	out.WriteString(body)
	return format.Source(out.Bytes())
}
