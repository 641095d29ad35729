#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: get-daemons.sh run|test
# Unpacks private copies of Debian's syslog daemons under build/daemons (run: those of make run; test: all four). No root.
set -eu
cd "$(dirname "$0")/.."
:
