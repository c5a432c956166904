package play

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tcpworkbook/cmd/lab/internal/book"
	"tcpworkbook/cmd/lab/internal/pristine"
	"tcpworkbook/kit/workbook"
)

// program is the program behind the page, compiled.
type program struct {
	wasm  []byte
	parts []part
}

// errBroken is a program that does not compile; its text is what the compiler printed.
type errBroken struct{ printed string }

func (e errBroken) Error() string { return e.printed }

// build compiles the program. With tolerant, the reference stands in for chapters that do
// not compile; without, the error is an errBroken.
func build(ctx context.Context, b *book.Book, mine, tolerant bool) (*program, error) {
	all, err := parts(b.Chapters, mine)
	if err != nil {
		return nil, err
	}
	if mine {
		if err := mark(b, all); err != nil {
			return nil, err
		}
	}
	scratch, err := os.MkdirTemp("", "lab-play")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	for {
		wasm, err := compile(ctx, b.Root, all, scratch)
		var refused errBroken
		if errors.As(err, &refused) && tolerant {
			if which := broken(all, refused.printed); len(which) > 0 {
				for _, i := range which {
					all[i].Mine, all[i].State = false, "broken"
				}
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		wasm, err = bounded(wasm)
		return &program{wasm, all}, err
	}
}

func compile(ctx context.Context, root string, parts []part, scratch string) ([]byte, error) {
	file, err := overlay(root, parts, scratch)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(scratch, "tcp.wasm")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-overlay="+file, "-o", out, "./"+programFolder)
	build.Dir = root
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if printed, err := build.CombinedOutput(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && ctx.Err() == nil {
			return nil, errBroken{strings.TrimSpace(string(printed))}
		}
		return nil, err
	}
	return os.ReadFile(out)
}

// mark finds out how far the learner's chapters have come. One that nobody has touched is
// not the learner's: the reference plays it. One in which a function still does nothing,
// or has a note of what is to do, is unfinished.
func mark(b *book.Book, parts []part) error {
	for i := range parts {
		p := &parts[i]
		untouched, err := isUntouched(b, p)
		if err != nil {
			return err
		}
		if untouched {
			p.Mine, p.State = false, "untouched"
			continue
		}
		functions, _ := workbook.Functions(p.StubFolder()) // what cannot be read does not compile, and is told then
		if slices.ContainsFunc(functions, func(f workbook.Function) bool { return f.Blank || len(f.Markers) > 0 }) {
			p.State = "unfinished"
		}
	}
	return nil
}

// isUntouched reports whether a chapter's stub is as it was handed out.
func isUntouched(b *book.Book, p *part) (bool, error) {
	files, err := pristine.Files(b.Pristine, p.Name)
	if err != nil || len(files) == 0 {
		return false, err
	}
	there, err := workbook.GoFiles(p.StubFolder(), false)
	if err != nil || len(there) != len(files) {
		return false, err
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(p.StubFolder(), f.Name))
		if err != nil || !bytes.Equal(text, f.Text) {
			return false, nil
		}
	}
	return true, nil
}

// mostMemory is how much memory the program gets, in pages of 64 KiB. Without a bound, a
// learner's append without an end takes 4 GiB.
const mostMemory = 512 << 20 / (64 << 10)

var errWasm = errors.New("this is no WebAssembly as Go compiles it")

// bounded returns a WebAssembly module whose memory does not grow beyond mostMemory. Its
// section 5 holds how large memory is (WebAssembly core specification, "Memory Section"): Go gives
// only the least.
func bounded(module []byte) ([]byte, error) {
	const header, memory = 8, 5
	for at := header; at < len(module); {
		id := module[at]
		size, n := binary.Uvarint(module[at+1:])
		body := at + 1 + n
		end := body + int(size)
		if n <= 0 || end > len(module) || end < body {
			return nil, errWasm
		}
		if id != memory {
			at = end
			continue
		}
		least, n := binary.Uvarint(module[body+2:])
		if module[body] != 1 || module[body+1] != 0 || n <= 0 || body+2+n != end {
			return nil, errWasm
		}
		limits := binary.AppendUvarint([]byte{1, 1}, least) // one memory; least and most
		limits = binary.AppendUvarint(limits, max(least, mostMemory))
		changed := append([]byte{}, module[:at]...)
		changed = append(changed, memory)
		changed = binary.AppendUvarint(changed, uint64(len(limits)))
		return append(append(changed, limits...), module[end:]...), nil
	}
	return nil, errWasm
}

// glue returns the toolchain's own wasm_exec.js, which has to be of the version that
// compiled the program.
func glue(ctx context.Context) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	root := strings.TrimSpace(string(out))
	text, err := os.ReadFile(filepath.Join(root, "lib", "wasm", "wasm_exec.js"))
	if errors.Is(err, os.ErrNotExist) {
		text, err = os.ReadFile(filepath.Join(root, "misc", "wasm", "wasm_exec.js")) // before Go 1.24
	}
	return text, err
}
