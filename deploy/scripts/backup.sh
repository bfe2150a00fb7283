#!/bin/sh
# Copies everything that cannot be made anew into a new folder, while all of it runs: backup.sh FOLDER. Run it in deploy/.
set -eu
umask 077
target=${1:?name a folder that is not there yet}
mkdir "$target"
stamp=backup-$(date +%s)
docker compose exec -T coordinator node --no-warnings /opt/hybrid-coordinator/cli.mjs backup "/data/$stamp"
docker compose cp "coordinator:/data/$stamp" "$target/coordinator"
docker compose exec -T coordinator sh -c "cat > /tmp/snapshots.mjs && node /tmp/snapshots.mjs backup /data/$stamp/qdrant" < scripts/qdrant-snapshots.mjs
docker compose cp "coordinator:/data/$stamp/qdrant" "$target/qdrant"
docker compose exec -T coordinator rm -r "/data/$stamp"
docker compose exec -T postgres pg_dump --username=hybrid --format=custom hybrid > "$target/postgres.dump"
cp -R secrets "$target/secrets"
# The container that restores reads these as another user; nobody else of this machine gets into the folder.
chmod -R go+rX "$target/coordinator" "$target/qdrant"
echo "Kept in $target."
