#!/usr/bin/env bash
# Installs the site on a Debian 12 machine: packages, account, database, settings, services, nginx, certificate.
# Safe to run again: it keeps the settings and the database that exist, and updates the rest.
#
#   sudo deploy/install.sh --host www.example.org --acronym MYPROJECT --email-url smtp+tls://user:password@mail.example.org:587
#
# With --prefix DIR it writes files below DIR only, and installs, starts and asks for nothing: to look at what it would write.
set -euo pipefail
umask 022

HOST='' ACRONYM='' EMAIL_URL='' EMAIL='' PREFIX='' CERTIFICATE=''
APP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PYTHON=python3
WEB=127.0.0.1:8000 HTTP=80 HTTPS=443

usage() {
  cat <<'TEXT'
Usage: deploy/install.sh --host HOST --acronym NAME --email-url URL [options]
  --host HOST          public host name, such as www.example.org
  --acronym NAME       the project's acronym
  --email-url URL      the mail server, such as smtp+tls://user:password@mail.example.org:587
  --email ADDRESS      who gets messages about the certificate (Let's Encrypt); without it, none is asked for
  --certificate DIR    a folder with fullchain.pem and privkey.pem instead
  --prefix DIR         only write the files, below DIR
  --web ADDRESS, --http PORT, --https PORT   other addresses than 127.0.0.1:8000, 80 and 443
TEXT
}

while [ $# -gt 0 ]; do
  case "$1" in
    --host) HOST=$2; shift 2 ;;
    --acronym) ACRONYM=$2; shift 2 ;;
    --email-url) EMAIL_URL=$2; shift 2 ;;
    --email) EMAIL=$2; shift 2 ;;
    --certificate) CERTIFICATE=$2; shift 2 ;;
    --prefix) PREFIX=$2; shift 2 ;;
    --web) WEB=$2; shift 2 ;;
    --http) HTTP=$2; shift 2 ;;
    --https) HTTPS=$2; shift 2 ;;
    --help) usage; exit 0 ;;
    *) echo "Unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
done
for name in HOST ACRONYM EMAIL_URL; do
  if [ -z "${!name}" ]; then echo "An option is missing: see --help." >&2; usage >&2; exit 2; fi
done
case "$HOST$ACRONYM$EMAIL_URL" in *"'"*) echo "The options must not contain single quotes." >&2; exit 2 ;; esac

SITE=$PREFIX/srv/site DATA=$PREFIX/srv/site/data BACKUPS=$PREFIX/srv/site/backups
ENV=$PREFIX/etc/site/site.env LOGS=$PREFIX/var/log/nginx NGINX=$PREFIX/etc/nginx UNITS=$PREFIX/etc/systemd/system
SITE_USER=site
# Run again without --certificate, it keeps the one that nginx has.
CERTIFICATE=${CERTIFICATE:-$(sed -n 's|^ *ssl_certificate \(.*\)/fullchain.pem;|\1|p' "$NGINX/sites-available/site" 2>/dev/null || true)}
CERTIFICATE=${CERTIFICATE:-$PREFIX/etc/site/certificate}
is_real() { [ -z "$PREFIX" ]; }
say() { printf '==> %s\n' "$1"; }

# An address on another port has it in its name.
ADDRESS=https://$HOST; [ "$HTTPS" = 443 ] || ADDRESS=$ADDRESS:$HTTPS

install_packages() {
  say "Installing packages"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    python3 python3-venv nginx postgresql redis-server gettext certbot openssl chrony >/dev/null
}

make_account() {
  say "Making the account $SITE_USER and its folders"
  id -u "$SITE_USER" >/dev/null 2>&1 || useradd --system --home-dir "$SITE" --shell /usr/sbin/nologin "$SITE_USER"
  # nginx reads the media folder.
  usermod --append --groups "$SITE_USER" www-data
}

make_folders() {
  mkdir -p "$DATA/media" "$BACKUPS" "$(dirname "$ENV")" "$LOGS" "$NGINX/sites-available" "$NGINX/sites-enabled" "$UNITS" "$PREFIX/usr/local/bin"
  chmod 750 "$SITE" "$DATA" "$DATA/media"
  chmod 700 "$BACKUPS"
  if is_real; then give_folders; fi
}

give_folders() {
  chown "root:$SITE_USER" "$SITE"
  chown -R "$SITE_USER:$SITE_USER" "$DATA" "$BACKUPS"
  # The site reads its code and does not write it: root runs that, too. Earlier versions gave it to the site.
  chown -R --from="$SITE_USER" root "$APP"
  chgrp -R "$SITE_USER" "$APP"
  chmod -R g+rX,g-w,o-w "$APP"
}

make_virtual_environment() {
  say "Installing the packages of requirements.txt"
  [ -x "$APP/.venv/bin/python" ] || "$PYTHON" -m venv "$APP/.venv"
  "$APP/.venv/bin/pip" install --quiet --require-hashes -r "$APP/requirements.txt"
}

random_key() { openssl rand -base64 32 | tr '+/' '-_'; }

# From a folder that this account may enter.
as_postgres() { (cd / && runuser -u postgres -- "$@"); }

make_database() {
  say "Making the database"
  local password
  password=$(openssl rand -hex 24)
  as_postgres psql -qtAc "SELECT 1 FROM pg_roles WHERE rolname = 'site'" | grep -q 1 ||
    as_postgres psql -qc "CREATE ROLE site LOGIN"
  as_postgres psql -qtAc "SELECT 1 FROM pg_database WHERE datname = 'site'" | grep -q 1 ||
    as_postgres createdb --owner site --encoding UTF8 --template template0 site
  # Over standard input, so that no other account sees the password among the processes.
  printf "ALTER ROLE site PASSWORD '%s';\n" "$password" | as_postgres psql -q
  DATABASE_URL="postgres://site:$password@127.0.0.1/site"
}

write_settings() {
  if [ -e "$ENV" ]; then say "Keeping $ENV"; return; fi
  say "Writing $ENV"
  if is_real; then make_database; else DATABASE_URL=sqlite:///$DATA/site.sqlite3; fi
  (
    umask 077
    sed -e "s|^SECRET_KEY=.*|SECRET_KEY='$(random_key)$(random_key)'|" \
      -e "s|^ALLOWED_HOSTS=.*|ALLOWED_HOSTS='$HOST'|" \
      -e "s|^BASE_URL=.*|BASE_URL='$ADDRESS'|" \
      -e "s|^DATABASE_URL=.*|DATABASE_URL='$DATABASE_URL'|" \
      -e "s|^EMAIL_URL=.*|EMAIL_URL='$(printf %s "$EMAIL_URL" | sed 's/[&|\\]/\\&/g')'|" \
      -e "s|^DATA_DIR=.*|DATA_DIR='$DATA'|" \
      -e "s|^BACKUP_DIR=.*|BACKUP_DIR='$BACKUPS'|" \
      -e "s|^ANSWERS_KEY=.*|ANSWERS_KEY='$(random_key)'|" \
      -e "s|^BACKUP_KEY=.*|BACKUP_KEY='$(random_key)'|" \
      -e "s|^EMAIL_FROM=.*|EMAIL_FROM='noreply@${HOST#www.}'|" \
      "$APP/deploy/.env.example" >"$ENV"
    # Without --prefix there is a Redis and a worker.
    is_real || sed -i -e "s|^REDIS_URL=|#REDIS_URL=|" -e "s|^TASK_BACKEND=.*|TASK_BACKEND='thread'|" "$ENV"
  )
  if is_real; then chown "root:$SITE_USER" "$ENV"; chmod 640 "$ENV"; fi
}

write_command() {
  say "Writing /usr/local/bin/site-manage"
  cat >"$PREFIX/usr/local/bin/site-manage" <<TEXT
#!/bin/sh
# manage.py of the site, as its user and with its settings.
set -eu
set -a
. $ENV
set +a
export DJANGO_SETTINGS_MODULE=config.settings.production
cd $APP
if [ "\$(id -u)" = 0 ] && id -u $SITE_USER >/dev/null 2>&1; then
  exec /usr/sbin/runuser -u $SITE_USER --preserve-environment -- $APP/.venv/bin/python $APP/manage.py "\$@"
fi
exec $APP/.venv/bin/python $APP/manage.py "\$@"
TEXT
  chmod 755 "$PREFIX/usr/local/bin/site-manage"
}

write_units() {
  say "Writing the units of systemd"
  local unit
  for unit in "$APP"/deploy/systemd/*; do
    sed -e "s|@APP@|$APP|g" -e "s|@DATA@|$DATA|g" -e "s|@BACKUPS@|$BACKUPS|g" -e "s|@ENV@|$ENV|g" \
      -e "s|@USER@|$SITE_USER|g" -e "s|@WEB@|$WEB|g" "$unit" >"$UNITS/$(basename "$unit")"
  done
}

write_certificate() {
  if [ -e "$CERTIFICATE/fullchain.pem" ]; then return; fi
  say "Making a certificate for the time being"
  mkdir -p "$CERTIFICATE"
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$HOST" -addext "subjectAltName=DNS:$HOST" \
    -keyout "$CERTIFICATE/privkey.pem" -out "$CERTIFICATE/fullchain.pem" 2>/dev/null
  chmod 600 "$CERTIFICATE/privkey.pem"
}

write_nginx() {
  say "Writing the configuration of nginx"
  sed -e "s|\${SITE_HOSTS}|$HOST|g" -e "s|\${SITE_CERTIFICATE}|$CERTIFICATE|g" -e "s|\${SITE_DATA}|$DATA|g" \
    -e "s|\${SITE_ERRORS}|$APP/deploy/nginx|g" -e "s|\${SITE_LOGS}|$LOGS|g" -e "s|\${SITE_WEB}|$WEB|g" \
    -e "s|\${SITE_HTTPS}|$HTTPS|g" -e "s|\${SITE_HTTP}|$HTTP|g" "$APP/deploy/nginx/site.conf" >"$NGINX/sites-available/site"
  ln -sf "$NGINX/sites-available/site" "$NGINX/sites-enabled/site"
  if is_real; then rm -f /etc/nginx/sites-enabled/default; nginx -t -q; fi
}

prepare_site() {
  say "Preparing the site"
  local manage=/usr/local/bin/site-manage
  # As root: the catalogues are beside the code, which the site does not write.
  (
    set -a
    # shellcheck disable=SC1090  (written above)
    . "$ENV"
    set +a
    cd "$APP"
    DJANGO_SETTINGS_MODULE=config.settings.production .venv/bin/python manage.py compile_catalogues
  )
  # A site that exists is backed up before its tables change.
  if "$manage" shell --no-imports --command "from home.models import HomePage; HomePage.objects.values('pk')[0]" >/dev/null 2>&1; then
    "$manage" upgrade
    return
  fi
  "$manage" migrate --noinput --verbosity 0
  "$manage" collectstatic --noinput --verbosity 0
  "$manage" setup_site --acronym "$ACRONYM" --hostname "$HOST" --port "$HTTPS"
  "$manage" backup
}

start_services() {
  say "Starting the services"
  systemctl daemon-reload
  systemctl enable --quiet --now redis-server site-tick.timer site-nightly.timer
  systemctl enable --quiet site-web site-worker
  systemctl restart site-web site-worker nginx
  # Waits for the first run, which the doctor looks for.
  systemctl start site-tick.service || true
}

ask_for_certificate() {
  local live=/etc/letsencrypt/live/$HOST
  if [ -z "$EMAIL" ] || [ "$CERTIFICATE" = "$live" ]; then return; fi
  if [ ! -e "$live" ]; then
    say "Asking Let's Encrypt for a certificate"
    mkdir -p /var/www/acme
    certbot certonly --non-interactive --agree-tos --email "$EMAIL" --webroot --webroot-path /var/www/acme \
      --deploy-hook "systemctl reload nginx" --domain "$HOST"
  fi
  CERTIFICATE=$live
  write_nginx
  systemctl reload nginx
}

if is_real; then
  [ "$(id -u)" = 0 ] || { echo "Run it as root." >&2; exit 1; }
  install_packages
  make_account
  make_virtual_environment
fi
make_folders
write_settings
write_command
write_units
write_certificate
write_nginx
if is_real; then
  prepare_site
  start_services
  ask_for_certificate
  say "Examining the site"
  /usr/local/bin/site-manage doctor || true
  cat <<TEXT

The site runs at $ADDRESS. Next:
  1. site-manage createsuperuser
  2. Keep copies of SECRET_KEY, ANSWERS_KEY and BACKUP_KEY ($ENV) away from this machine.
  3. Copy $BACKUPS to another machine each night.
TEXT
fi
