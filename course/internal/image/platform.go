package image

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Platform is a learning platform that marks submissions itself.
type Platform struct {
	Format string // the name of the export format that it reads

	called string            // by its own people
	top    map[string]string // scripts of its own, and where in what it wants they lie
	inside string            // the folder in it for the rest, "" for the top; or a tar
	most   int               // bytes that all may have as a .tar.gz, 0 for any number
}

// platforms are those that an image can be made for, by name. That of a platform is that of
// its export format, too.
var platforms = map[string]Platform{
	// https://gradescope-autograders.readthedocs.io/en/latest/specs/: a zip, unpacked to
	// /autograder/source. setup.sh is called once, when the container is built.
	"gradescope": {called: "Gradescope", top: map[string]string{"run_autograder": "run_autograder"}},
	// https://docs.autolabproject.com/lab/#writing-autograders
	"autolab": {called: "Autolab", top: map[string]string{"autograde-Makefile": "autograde-Makefile"}, inside: "autograde.tar"},
	// https://docs.prairielearn.com/externalGrading/: a question's folder tests is /grade/tests.
	"prairielearn": {called: "PrairieLearn", top: map[string]string{"tests/run.sh": "run.sh"}, inside: "tests"},
	// https://github.com/foundation50/classroom50/wiki/Advanced-Autograding: what lies in the
	// assignment's folder in autograders/. Its runner.py (0c49903: MAX_FETCH_BYTES) fetches a
	// .tar.gz of it, and no larger one.
	"classroom50": {called: "Classroom 50", top: map[string]string{"autograder.py": "autograder.py"}, most: 10 << 20},
}

// Names returns the names of the platforms that an image can be made for, in order.
func Names() []string { return slices.Sorted(maps.Keys(platforms)) }

// Find returns the platform of that name.
func Find(name string) (Platform, error) {
	p, ok := platforms[name]
	if !ok {
		return p, fmt.Errorf("there is no image for %.30q; there are those for %s", name, strings.Join(Names(), ", "))
	}
	p.Format = name
	return p, nil
}

// Packed reports whether the platform takes one zip, and not a folder with files.
func (p Platform) Packed() bool { return p.Format == "gradescope" }

// String is what the platform's people call it.
func (p Platform) String() string { return p.called }
