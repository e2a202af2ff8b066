# One image for every process of a site; docker-compose.yml says which command each of them runs.
#
# BASE_IMAGE must be Debian 12 or later, or Ubuntu 24.04 or later. Build it by `docker compose build`.
ARG BASE_IMAGE=debian:trixie-slim

FROM ${BASE_IMAGE} AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ca-certificates gettext python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
# A network that ends TLS itself has a certificate authority of its own: its *.crt lies in .muelle/ca (`make production` copies
# what PIP_CERT and the like name). It serves this stage and is not in the image. The folder is optional, which is why a
# file that is always there is named beside it.
COPY .dockerignore .muelle/ca* /authorities/
RUN cat /etc/ssl/certs/ca-certificates.crt $(find /authorities -name '*.crt') > /authorities.pem
ARG PIP_INDEX_URL=https://pypi.org/simple
ENV PIP_CERT=/authorities.pem PIP_DISABLE_PIP_VERSION_CHECK=1
COPY tools/requirements/run.txt /tmp/run.txt
RUN python3 -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --requirement /tmp/run.txt
WORKDIR /app
COPY . .
# Key and host are for these commands only: collecting files needs settings, not secrets.
RUN PATH=/venv/bin:$PATH SECRET_KEY=only-for-the-build-and-never-for-a-site-0123456789abcdef ALLOWED_HOSTS=localhost MUELLE_STATE=/tmp MUELLE_STATIC_ROOT=/app/collected \
    sh -c 'python manage.py compilemessages --verbosity 0 && python manage.py collectstatic --no-input --verbosity 0' \
    && python3 -m compileall -q platform && rm -rf .muelle

FROM ${BASE_IMAGE}
# graphviz draws the diagrams of lessons.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends graphviz python3 \
    && rm -rf /var/lib/apt/lists/*
# The same number everywhere, since it owns the directory of the agents' sockets on the host.
RUN groupadd --gid 10001 muelle && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin muelle \
    && install -d -o muelle -g muelle -m 700 /state
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# ALLOWED_HOSTS is empty here so that settings refuse to start before somebody has said how the site is called.
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app/platform PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings MUELLE_STATE=/state MUELLE_STATIC_ROOT=/app/collected ALLOWED_HOSTS=
USER muelle
EXPOSE 8000
# Deflate would cost 300 kB and a copy for every terminal; their bytes travel a short way to the proxy.
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--no-server-header", "--ws-max-size", "65536", "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "3"]
