FROM python:3.13-slim AS packages
COPY requirements-image.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements-image.txt

FROM python:3.13-slim
# No home, no shell; the files below stay root's, so that the house cannot change itself.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin iap
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/iap
COPY . .
USER iap
EXPOSE 8000
# More workers do more; each keeps one connection to PostgreSQL.
ENV GRANIAN_HOST=0.0.0.0 GRANIAN_WORKERS=2
CMD ["python", "-m", "backend.served"]
