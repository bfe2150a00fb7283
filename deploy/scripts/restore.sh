#!/bin/sh
# Puts what backup.sh kept in place: restore.sh FOLDER. Run it in deploy/, with Qdrant and PostgreSQL up; the coordinator is stopped meanwhile.
set -eu
source=${1:?name the folder of backup.sh}
changed=nothing
ended() {
	status=$?
	trap - EXIT
	[ "$status" -eq 0 ] && exit 0
	if [ "$changed" = nothing ]; then
		echo "Not restored, and nothing was changed; the coordinator starts again." >&2
		docker compose start coordinator || true
	else
		echo "It failed after this was restored: $changed. The coordinator is stopped. Run this again, or start it with what is there now: docker compose start coordinator" >&2
	fi
	exit "$status"
}
trap ended EXIT
trap 'exit 130' INT TERM
docker compose stop coordinator
docker compose exec -T postgres pg_restore --username=hybrid --dbname=hybrid --clean --if-exists --no-owner --single-transaction < "$source/postgres.dump"
changed=PostgreSQL
docker compose run --rm --no-deps -T --entrypoint sh -v "$(realpath "$source")/coordinator:/kept/coordinator:ro" -v "$(realpath "$source")/qdrant:/kept/qdrant:ro" coordinator -c \
	'node --no-warnings /opt/hybrid-coordinator/cli.mjs restore /kept/coordinator && cat > /tmp/snapshots.mjs && node /tmp/snapshots.mjs restore /kept/qdrant' \
	< scripts/qdrant-snapshots.mjs
changed=everything
docker compose start coordinator
echo "Restored from $source."
