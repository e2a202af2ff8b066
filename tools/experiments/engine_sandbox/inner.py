"""What works inside: a rootless Docker, brought up and used through the agent."""

import time

from tools.experiments.engine_sandbox.sandbox import SOCKET, Sandbox

START = """
setsid /usr/share/docker.io/contrib/dockerd-rootless.sh --storage-driver overlay2 >/tmp/dockerd.log 2>&1 </dev/null &
for i in $(seq 300); do docker version >/dev/null 2>&1 && exit 0; sleep 0.1; done; cat /tmp/dockerd.log; exit 1
"""
IMAGE = r"""
set -e; mkdir -p /tmp/tiny/bin /tmp/tiny/www /tmp/tiny/mnt
cp /bin/busybox /tmp/tiny/bin/; echo pier > /tmp/tiny/www/index.html
for a in sh httpd id cat echo kill ls mkdir mount nsenter ping wget sleep; do ln -sf busybox /tmp/tiny/bin/$a; done
tar -C /tmp/tiny -c . | docker import - tiny
"""
COMPOSE = (
    r"services: {web: {image: tiny, command: /bin/httpd -f -h /www}, other: {image: tiny, command: /bin/sleep 60}}"
)
USES = {
    "run": "docker run --rm tiny /bin/id",
    "run on the host's network": "docker run --rm --network host tiny /bin/id",
    "run without network": "docker run --rm --network none tiny /bin/id",
    "network of one's own, by name": "docker network create own"
    " && docker run -d --rm --name site --network own tiny /bin/httpd -f -h /www"
    " && docker run --rm --network own tiny /bin/wget -qO- http://site/ && docker kill site",
    "volume": "docker volume create vol && docker run --rm -v vol:/v tiny /bin/sh -c 'echo x > /v/x; cat /v/x'",
    "tmpfs": "docker run --rm --tmpfs /t tiny /bin/sh -c 'echo x > /t/x'",
    "BuildKit": "printf 'FROM tiny\\nRUN /bin/sh -c \"echo x > /x\"\\n' | docker buildx build --load -t built -",
    "compose up, a service by name": f"mkdir -p c && cd c && echo '{COMPOSE}' > compose.yaml && docker compose up -d"
    " && docker compose exec -T other /bin/wget -qO- http://web/ && docker compose down -t 0",
    "save and load": "docker save tiny | docker load",
    "exec, logs, inspect": "docker exec web /bin/id && docker logs web && docker inspect web >/dev/null",
    "podman": "tar -C /tmp/tiny -c . | podman import - tiny && podman run --rm --network none tiny /bin/id",
}


def start_engine(sandbox: Sandbox) -> str:
    """Time until the inner engine answers."""
    result = sandbox.run(START)
    if result.exit_code != 0:
        raise SystemExit(result.stdout.decode())
    version = sandbox.output("docker version --format '{{.Server.Version}}'").strip()
    return f"holds: {version} answers after {result.seconds:.1f} s"


def publish(sandbox: Sandbox) -> str:
    """A published port, answered through CONNECT, and the engine's API through CONNECT to its socket."""
    sandbox.run(IMAGE)
    began = time.monotonic()
    result = sandbox.run("docker run -d --name web -p 8080:80 tiny /bin/httpd -f -p 80 -h /www")
    if result.exit_code != 0:
        raise SystemExit(result.stderr.decode())
    started = time.monotonic() - began
    page, page_ms = get(sandbox, "tcp:8080", "/")
    api, api_ms = get(sandbox, f"unix:{SOCKET}", "/containers/json")
    held = page.endswith("pier\n") and '"tiny"' in api
    return f"{verdict(held)}: started in {started:.2f} s, page in {page_ms:.1f} ms, engine's API in {api_ms:.1f} ms"


def get(sandbox: Sandbox, address: str, path: str) -> tuple[str, float]:
    """An answer over HTTP/1.0 and how many milliseconds it took."""
    began = time.monotonic()
    with sandbox.client.connect(address, timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: lab\r\n\r\n".encode())
        text = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    return text, (time.monotonic() - began) * 1000


def use(sandbox: Sandbox) -> dict[str, str]:
    """Every ordinary use, and how long it took."""
    outcomes = {}
    for name, script in USES.items():
        result = sandbox.run(script, timeout=60)
        why = "" if result.exit_code == 0 else result.stderr[-200:].decode(errors="replace")
        outcomes[name] = f"{verdict(result.exit_code == 0)}, {result.seconds:.2f} s {why}"
    outcomes["memory in use"] = memory_in_use(sandbox)
    return outcomes


def fill_disk(sandbox: Sandbox) -> dict[str, str]:
    """A volume of the inner engine grows until the sandbox's quota stops it; then it is removed and all goes on."""
    script = "docker run --rm -v full:/v tiny /bin/busybox dd if=/dev/zero of=/v/fill bs=1M count=4000; "
    script += "docker volume rm -f full; docker run --rm tiny /bin/echo again"
    said = sandbox.output(script, timeout=120)
    return {
        "stops what fills it": verdict("quota exceeded" in said.lower() or "no space" in said.lower()),
        "gives room back": verdict(said.strip().endswith("again")) + f" {said.strip()[-150:]}",
    }


def memory_in_use(sandbox: Sandbox) -> str:
    """Resident memory of all processes in the sandbox, the inner engine's included."""
    sizes = sandbox.output("cat /proc/[0-9]*/smaps_rollup 2>/dev/null | grep ^Pss: | awk '{n += $2} END {print n}'")
    return f"{int(sizes) // 1024} MiB"


def verdict(held: bool) -> str:
    """One word for the table."""
    return "holds" if held else "FAILS"
