#!/bin/sh
# Prints an .env with fresh passwords: (umask 077 && sh make-env.sh > .env)
set -eu

for name in POSTGRES OWNER ENGINE GATEWAY TEMPORAL; do
  secret=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  echo "${name}_PASSWORD=${secret}"
done
echo "IMAGE_TAG=${IMAGE_TAG:-local}"
