# syntax=docker/dockerfile:1

# Build:  docker build -t usher --build-arg USHER_COMMIT=$(git rev-parse --short HEAD) .
# Create: docker run --env-file usher.env -v usher-data:/data usher migrate
# Run:    docker run --env-file usher.env -p 127.0.0.1:8080:8080 -v usher-data:/data usher
#
# Without configuration it reports the settings that it needs. config/default.toml lists every setting.

FROM rust:1-slim-bookworm AS build
# perl and make build OpenSSL, for TLS to PostgreSQL. Everything else needs a C compiler only.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# For `usher --version`: the repository itself is not copied.
ARG USHER_COMMIT
# The caches outlive a build, so a change of the sources recompiles only the crates of this repository. The caches are not part
# of a layer, so the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package usher-api --bin usher --features postgres-tls \
    && cp target/release/usher /usr/local/bin/usher

FROM debian:bookworm-slim
# Usher verifies mail relays and issuers against the certificate authorities of the system.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 usher \
    && useradd --uid 10001 --gid usher --no-create-home --home-dir /data --shell /usr/sbin/nologin usher \
    && install --directory --owner usher --group usher --mode 0750 /data
COPY --from=build /usr/local/bin/usher /usr/local/bin/usher
USER 10001:10001
# The default database is data/usher.db in the working directory: /data/usher.db, in the volume. No variable names it here, so
# that USHER__DATABASE__URL_FILE can be used alone.
WORKDIR /
VOLUME /data
# Inside a container, a loopback address would be unreachable from outside.
ENV USHER__SERVER__BIND=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["usher", "health"]
ENTRYPOINT ["usher"]
CMD ["serve"]
