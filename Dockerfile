# One image for every process of a site; docker-compose.yml says which command each of them runs.
ARG BASE_IMAGE=debian:trixie-slim
FROM ${BASE_IMAGE}

# python: the site; graphviz: diagrams of lessons; gettext: translations, compiled below.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        ca-certificates gettext graphviz python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*

WORKDIR /app
COPY tools/requirements/run.txt tools/requirements/run.txt
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement tools/requirements/run.txt

COPY . .
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app/platform PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings MUELLE_STATE=/state
# The key is for this command only: collecting static files needs settings, not secrets.
RUN SECRET_KEY=only-for-the-build python manage.py compilemessages --verbosity 0 \
    && mkdir /state && SECRET_KEY=only-for-the-build MUELLE_STATIC_ROOT=/app/collected python manage.py collectstatic --no-input --verbosity 0
ENV MUELLE_STATIC_ROOT=/app/collected
EXPOSE 8000
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--ws-max-size", "65536", "--ws-per-message-deflate", "false"]
