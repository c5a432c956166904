package proof

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"

	"tcpworkbook/kit/standin"
	"tcpworkbook/kit/workbook"
)

// process is a program of [StandIn]'s that runs the tests whenever it is asked to.
type process struct {
	program  *exec.Cmd
	requests io.WriteCloser
	convert  *exec.Cmd // test2json, which reads what the program prints
	events   *bufio.Reader
}

// startProcess starts the program in a folder.
func startProcess(binary, folder string, environment []string) (p *process, err error) {
	convert, err := test2json()
	if err != nil {
		return nil, err
	}
	p = &process{program: exec.Command(binary, testFlags...), convert: exec.Command(convert)}
	p.program.Dir, p.convert.Dir = folder, folder
	p.program.Env = environment
	if p.requests, err = p.program.StdinPipe(); err != nil {
		return nil, err
	}
	printed, prints, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer printed.Close() // the two have them
	defer prints.Close()
	p.program.Stdout, p.program.Stderr, p.convert.Stdin = prints, prints, printed
	events, err := p.convert.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.events = bufio.NewReader(events)
	if err := p.convert.Start(); err != nil {
		return nil, err
	}
	if err := p.program.Start(); err != nil {
		p.convert.Process.Kill()
		p.convert.Wait()
		return nil, err
	}
	return p, nil
}

// run has the tests run. After an error, which says that the program came to its end,
// the process is to be stopped.
func (p *process) run(r standin.Request) (Report, standin.Over, error) {
	if err := json.NewEncoder(p.requests).Encode(r); err != nil {
		return Report{}, standin.Over{}, err
	}
	var events bytes.Buffer
	for {
		line, err := p.events.ReadBytes('\n')
		if err != nil {
			return Report{}, standin.Over{}, err
		}
		var event struct{ Output string }
		if err := json.Unmarshal(line, &event); err != nil {
			return Report{}, standin.Over{}, err
		}
		if over, is := standin.ParseOver(strings.TrimSpace(event.Output)); is {
			read, err := workbook.ReadReport(events.Bytes())
			read.Passed = over.Passed
			return Report{read}, over, err
		}
		events.Write(line)
	}
}

// stop ends the process.
func (p *process) stop() {
	for _, command := range []*exec.Cmd{p.program, p.convert} {
		command.Process.Kill()
		command.Wait()
	}
}
