#!/bin/sh
# Copies the static files of this version into the data folder, where the site looks for them, and runs the command.
set -eu
if [ -d /app/build/static ]; then
  mkdir -p "$DATA_DIR/static"
  cp -R -u /app/build/static/. "$DATA_DIR/static/"
fi
exec "$@"
