#!/bin/sh
# Puts what backup.sh kept in place: restore.sh FOLDER. Run it in deploy/, with Qdrant and PostgreSQL up; the coordinator is stopped meanwhile.
set -eu
source=${1:?name the folder of backup.sh}
docker compose stop coordinator
docker compose exec -T postgres pg_restore --username=hybrid --dbname=hybrid --clean --if-exists --no-owner --single-transaction < "$source/postgres.dump"
docker compose run --rm --no-deps -T --entrypoint sh -v "$(realpath "$source")/coordinator:/kept/coordinator:ro" -v "$(realpath "$source")/qdrant:/kept/qdrant:ro" coordinator -c \
	'node --no-warnings /opt/hybrid-coordinator/cli.mjs restore /kept/coordinator && cat > /tmp/snapshots.mjs && node /tmp/snapshots.mjs restore /kept/qdrant' \
	< scripts/qdrant-snapshots.mjs
docker compose start coordinator
echo "Restored from $source."
