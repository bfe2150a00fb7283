#!/bin/sh
# Makes the secrets that are not there yet. Run it in deploy/.
set -eu
umask 077
mkdir -p secrets
for name in metrics_token qdrant_api_key postgres_password grafana_password; do
	[ -s "secrets/$name" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "secrets/$name"
done
[ -e secrets/users ] || : > secrets/users
# Containers read them as other users; nobody else of this machine gets into the folder.
chmod 700 secrets
chmod 644 secrets/*
