#!/bin/sh
# Makes Temporal's tables in its two databases, or brings them up to date. Needs SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER
# and SQL_PASSWORD, which temporal-sql-tool reads itself. Safe to run again.
set -eu

prepare() {
  export SQL_DATABASE="$1"
  # Where there are tables already, this fails and changes nothing; the update then tells whether all is well.
  temporal-sql-tool setup-schema -v 0.0 || echo "$1 may have a schema already"
  temporal-sql-tool update-schema --schema-name "$2"
}

prepare temporal postgresql/v12/temporal
prepare temporal_visibility postgresql/v12/visibility
