#!/bin/sh
# What PrairieLearn calls for each submission.
exec sh /grade/tests/ready.sh /grade/student /grade/results/results.json
