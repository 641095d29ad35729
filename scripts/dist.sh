#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: VERSION= prefix= sysconfdir= dist.sh
# Packs what a target without make installs from: the files of conf/modes as they lie in the built tree, conf/, and install.sh.
# Prints the name of the archive.
set -eu
cd "$(dirname "$0")/.."
prefix=${prefix:-/usr} sysconfdir=${sysconfdir:-/etc}
# shellcheck source=scripts/install/modes.sh
. scripts/install/modes.sh
name=vakt-$VERSION
folder=build/dist/$name
rm -rf "$folder" "$folder.tar.gz"
mkdir -p "$folder/scripts"
# shellcheck disable=SC2317 # each_file calls it
pack_one() {
    mkdir -p "$folder/$(dirname "$1")"
    cp -p "$1" "$folder/$1"
}
each_file pack_one
cp -R conf LICENSE README.md "$folder/"
cp -R scripts/install scripts/install.sh scripts/make-otp-conf.sh "$folder/scripts/"
printf '%s\n' "$VERSION" >"$folder/VERSION"
tar -C build/dist --owner=0 --group=0 -czf "$folder.tar.gz" "$name"
printf '%s\n' "$folder.tar.gz"
