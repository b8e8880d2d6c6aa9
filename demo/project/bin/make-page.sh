#!/bin/sh
# Prints a page that greets from a commit.
set -eu

cat <<PAGE
<!doctype html>
<title>$1</title>
<p>$1 from commit ${CI_COMMIT_SHORT_SHA:-unknown}, job ${CI_JOB_NAME:-unknown} in stage ${CI_JOB_STAGE:-unknown}</p>
PAGE
