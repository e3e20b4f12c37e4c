#!/bin/sh
# backup.sh FOLDER: make a backup in FOLDER, then delete the oldest ones beyond ESC_BACKUPS_KEPT (default 14).
# Runs as the service's user, in the folder of the program, with the service's settings. A backup that fails deletes nothing.
set -eu
folder=$1
kept=${ESC_BACKUPS_KEPT:-14}
case $kept in '' | *[!0-9]* | 0*) echo "ESC_BACKUPS_KEPT must be a whole number from 1 on" >&2; exit 2 ;; esac

# A copy that a kill or a power cut interrupted.
rm -f -- "$folder"/.esc-validator-*.unfinished
.venv/bin/flask --app wsgi backup "$folder/esc-validator-$(date -u +%Y-%m-%dT%H%M%SZ).sqlite"

# Names sort by time.
set -- "$folder"/esc-validator-*.sqlite
while [ $# -gt "$kept" ]; do
    rm -- "$1"
    shift
done
