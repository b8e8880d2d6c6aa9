#!/bin/sh
# Entrypoint of the test image docker:dind. Options, or nothing: a daemon on every address, with certificates below
# DOCKER_TLS_CERTDIR unless that is empty. Anything else is run as it is, a dockerd with options of its own too.
set -eu

# make_certificate DIR NAME EXTENSIONS: DIR/key.pem, and DIR/cert.pem signed by the authority; the authority's own beside them
make_certificate() {
  mkdir -p "$1"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
    -keyout "$1/key.pem" -out "$1/request.pem" 2>/dev/null
  printf '%s\n' "$3" >"$1/extensions"
  openssl x509 -req -in "$1/request.pem" -CA "$authority/cert.pem" -CAkey "$authority/key.pem" -CAcreateserial \
    -days 365 -extfile "$1/extensions" -out "$1/cert.pem" 2>/dev/null
  rm "$1/request.pem" "$1/extensions"
  cp "$authority/cert.pem" "$1/ca.pem"
  chmod a+r "$1/key.pem"
}

make_certificates() {
  authority=$DOCKER_TLS_CERTDIR/ca
  mkdir -p "$authority"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=test authority' -days 365 \
    -keyout "$authority/key.pem" -out "$authority/cert.pem" 2>/dev/null
  make_certificate "$DOCKER_TLS_CERTDIR/server" server "subjectAltName=DNS:docker,DNS:localhost,DNS:$(hostname)"
  make_certificate "$DOCKER_TLS_CERTDIR/client" client 'extendedKeyUsage=clientAuth'
}

# With cgroup v2 a group that has processes cannot hand controllers on to its children.
delegate_cgroups() {
  [ -f /sys/fs/cgroup/cgroup.controllers ] || return 0
  mkdir -p /sys/fs/cgroup/init
  xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/init/cgroup.procs || true
  sed -e 's/ / +/g' -e 's/^/+/' </sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
}

case ${1-} in
'' | -*)
  if [ -n "${DOCKER_TLS_CERTDIR-}" ]; then
    make_certificates
    server=$DOCKER_TLS_CERTDIR/server
    set -- --host=tcp://0.0.0.0:2376 --tlsverify "--tlscacert=$server/ca.pem" \
      "--tlscert=$server/cert.pem" "--tlskey=$server/key.pem" "$@"
  else
    set -- --host=tcp://0.0.0.0:2375 --tls=false "$@"
  fi
  set -- dockerd --host=unix:///var/run/docker.sock "$@"
  ;;
esac
[ "$1" != dockerd ] || delegate_cgroups
exec "$@"
