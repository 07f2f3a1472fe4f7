#!/usr/bin/env bash
# Installs what the tests need beside Python packages: PostgreSQL with PostGIS, and Chromium.
# As root or with password-less sudo on Debian and Ubuntu; elsewhere it says what is missing and
# the tests that need it are skipped (or fail, where CI=true).
set -u

need=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null || need+=(postgis)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || need+=(chromium)
[ ${#need[@]} -eq 0 ] && exit 0

run=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    run=(sudo -n)
  else
    echo "Missing for the tests: ${need[*]}; install them, or run 'make test' as root." >&2
    exit 0
  fi
fi
if ! command -v apt-get >/dev/null; then
  echo "Missing for the tests: ${need[*]}; there is no apt-get here, install them by hand." >&2
  exit 0
fi

packages=()
case " ${need[*]} " in
  *" postgresql "* | *" postgis "*)
    "${run[@]}" apt-get update -qq
    server=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p' | head -n 1)
    # Debian makes and starts a cluster of its own on installation; the tests want none.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      "${run[@]}" mkdir -p /etc/postgresql-common
      echo "create_main_cluster = false" | "${run[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    packages+=("$server" "$server-postgis-3")
    ;;
  *) "${run[@]}" apt-get update -qq ;;
esac
case " ${need[*]} " in *" chromium "*) packages+=(chromium fonts-dejavu-core) ;; esac
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null ||
  echo "Could not install ${packages[*]}; the tests that need them are skipped." >&2
exit 0
