# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# For cross.sh: what cannot be under qemu-user, each with its reason.
