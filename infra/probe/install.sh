#!/bin/sh
# Puts a measuring host on this machine, or a newer version over an older one: docs/probe.md.
# As root, in any folder: sh install.sh [PYTHON]. It needs systemd, nftables, and Python 3.11 or later.
set -eu
python=${1:-python3}
here=$(cd "$(dirname "$0")" && pwd)

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or later is needed: install it, and name it, as in: sh install.sh python3.13" >&2
    exit 1
}
[ -f /etc/netdesk/probe.env ] || {
    echo "/etc/netdesk/probe.env is missing: copy probe.env.example there, and fill it in." >&2
    exit 1
}
chmod 600 /etc/netdesk/probe.env

# Whole in a folder of its own before it takes the place of the old one, which runs meanwhile.
rm -rf /opt/netdesk/new
"$python" -m venv --without-pip /opt/netdesk/new
packages=$(/opt/netdesk/new/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp -R "$here/lib/." "$packages/"
rm -rf /opt/netdesk/venv
mv /opt/netdesk/new /opt/netdesk/venv
install -m 644 "$here/wall.py" "$here/probe.md" /opt/netdesk/

install -D -m 644 "$here/netdesk-probe.sysusers" /etc/sysusers.d/netdesk-probe.conf
install -D -m 644 "$here/netdesk-probe.sysctl" /etc/sysctl.d/60-netdesk-probe.conf
install -D -m 644 "$here/netdesk-probe.service" /etc/systemd/system/netdesk-probe.service
systemd-sysusers /etc/sysusers.d/netdesk-probe.conf
sysctl -q -p /etc/sysctl.d/60-netdesk-probe.conf
systemctl daemon-reload
systemctl enable netdesk-probe
systemctl restart netdesk-probe
echo "The measuring host runs: journalctl -u netdesk-probe shows what it says."
