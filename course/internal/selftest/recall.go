package selftest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// Known is what a program that knows the tests goes by.
type Known string

// What a test may be known by.
const (
	Ends    Known = "ends"    // the addresses and ports that it uses
	Numbers Known = "numbers" // its initial sequence numbers
)

// Recalls makes of a chapter that is right, by file name, one that has learnt the answers to
// what the tests ask by heart and knows nothing else: it gives them where it sees the tests'
// numbers, and panics everywhere else. Nobody could know the tests better.
func Recalls(files map[string]string, by Known) (map[string]string, error) {
	out := make(map[string]string)
	name := ""
	for file, text := range files {
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		name = parsed.Name.Name
		for i := len(parsed.Decls) - 1; i >= 0; i-- { // from the end, so that what is before stays where it is
			if f, ok := parsed.Decls[i].(*ast.FuncDecl); ok && isMethod(f) {
				at := set.Position(f.Body.Lbrace).Offset + 1
				text = text[:at] + "\n\trecall(" + strings.Join(parameters(f), ", ") + ")\n" + text[at:]
			}
		}
		out[file] = text
	}
	code, known := recallCode[by]
	if !known {
		return nil, fmt.Errorf("nobody knows a test by its %s", string(by))
	}
	out["recall.go"] = "package " + name + "\n" + code
	return out, nil
}

// isMethod reports whether a function is one of those of a chapter's that the tests call.
func isMethod(f *ast.FuncDecl) bool {
	if f.Recv == nil || !f.Name.IsExported() {
		return false
	}
	receiver, ok := f.Recv.List[0].Type.(*ast.Ident)
	return ok && receiver.Name == "Chapter"
}

func parameters(f *ast.FuncDecl) (names []string) {
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if name.Name != "_" {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

var recallCode = map[Known]string{
	Ends: `
import (
	"net/netip"
	"strings"

	"tcpworkbook/kit/tcp"
)

func recall(asked ...any) {
	for _, a := range asked {
		switch a := a.(type) {
		case *tcp.TCB:
			knows(a.Local, a.Remote)
		case *tcp.Segment:
			knows(a.Src, a.Dst)
		case tcp.FourTuple:
			knows(a.Local, a.Remote)
		case netip.AddrPort:
			knows(a)
		}
	}
}

func knows(ends ...netip.AddrPort) {
	for _, end := range ends {
		addr, port := end.Addr(), end.Port()
		if !addr.IsValid() && port == 0 {
			continue
		}
		text := addr.String()
		if documented := strings.HasPrefix(text, "198.51.100.") || strings.HasPrefix(text, "203.0.113.") ||
			strings.HasPrefix(text, "2001:db8:") && !strings.HasPrefix(text, "2001:db8::"); documented {
			panic("I do not know the address " + text)
		}
		switch {
		case port == 80, port == 81, port == 179, port == 443, port == 1234, port == 8080, port == 80^1<<8, port == 0, port >= 49152:
		default:
			panic("I do not know the port")
		}
	}
}
`,
	Numbers: `
import "tcpworkbook/kit/tcp"

func recall(asked ...any) {
	for _, a := range asked {
		switch a := a.(type) {
		case *tcp.TCB:
			knows(a.Snd.ISS)
			knows(a.Rcv.IRS)
		case *tcp.Segment:
			knows(a.Seq)
		case tcp.Seq:
			knows(a)
		}
	}
}

// knows looks whether a number is one of those that the tests use, or follows one closely.
func knows(n tcp.Seq) {
	for _, known := range []tcp.Seq{0, 90, 100, 300, 400, 1 << 31, 1<<32 - 1} {
		if n.InWindow(known-100_000, 300_000) {
			return
		}
	}
	panic("I do not know the number")
}
`,
}
