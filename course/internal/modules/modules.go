// Package modules collects modules for a place without a network.
package modules

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Command is a go command, without the word go, and the folder that it is called in.
type Command struct {
	Folder    string
	Arguments []string
}

// Proxy returns the modules that some go commands need, as the files of a module proxy. The
// go command reads a folder with them by GOPROXY=file://. Modules are taken from this
// machine's module cache, and those that are not in it from where Go takes them otherwise.
func Proxy(ctx context.Context, commands ...Command) (map[string][]byte, error) {
	scratch, err := os.MkdirTemp("", "modules-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	known, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return nil, fmt.Errorf("asking go for its settings: %w", err)
	}
	cache, proxy, _ := strings.Cut(strings.TrimSpace(string(known)), "\n")
	for _, c := range commands {
		command := exec.CommandContext(ctx, "go", c.Arguments...)
		command.Dir = c.Folder
		command.Env = append(os.Environ(), "GOMODCACHE="+scratch, "GOFLAGS=-modcacherw", "GOWORK=off", "GOSUMDB=off",
			"GOPROXY="+fileURL(filepath.Join(strings.TrimSpace(cache), "cache", "download"))+","+strings.TrimSpace(proxy))
		var said bytes.Buffer
		command.Stderr = &said
		if err := command.Run(); err != nil {
			return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(c.Arguments, " "), err, said.Bytes())
		}
	}
	return read(os.DirFS(filepath.Join(scratch, "cache", "download")))
}

// read reads what of a module cache a proxy has.
func read(cache fs.FS) (map[string][]byte, error) {
	files := make(map[string][]byte)
	err := fs.WalkDir(cache, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name == "sumdb":
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".ziphash"):
			return nil
		}
		files[name], err = fs.ReadFile(cache, name)
		return err
	})
	return files, err
}

// fileURL returns a folder's address, as it stands in a list of them, where a comma ends one.
func fileURL(folder string) string {
	u := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(folder), "/")} // C:/x is /C:/x
	return strings.ReplaceAll(u.String(), ",", "%2C")
}
