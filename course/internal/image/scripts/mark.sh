#!/bin/sh
# mark.sh SUBMISSION RESULTS marks the files in a folder, and writes what @PLATFORM@ reads into a
# file, or for - to standard output.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/env.sh"
exec "$built/grade" mark @NUMBER@ "$1" --format @FORMAT@ --output "$2" --workbook "$here/workbook" --course "$here/course.toml"@SANDBOX@
