"""What Classroom 50 calls for each submission, in the student's checkout. Marks are in
result.json; an exit that is not 0 says that it could not be marked at all."""

import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.exit(subprocess.run(["sh", str(here / "ready.sh"), ".", "result.json"]).returncode)
