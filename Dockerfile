# syntax=docker/dockerfile:1
# docker build -t guardproxy .
# docker run --rm -p 8080:8080 -v ./policies:/policies:ro guardproxy \
#     serve --host 0.0.0.0 --upstream https://api.openai.com/v1 --policy /policies/privacy.policy

FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/guardproxy
COPY pyproject.toml README.md LICENSE ./
COPY guardproxy guardproxy
COPY grammars grammars
COPY policies policies
RUN /opt/guardproxy/bin/pip install --no-cache-dir --disable-pip-version-check . \
    && /opt/guardproxy/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin guardproxy
COPY --from=build /opt/guardproxy /opt/guardproxy
ENV PATH=/opt/guardproxy/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["guardproxy"]
CMD ["serve", "--host", "0.0.0.0"]
