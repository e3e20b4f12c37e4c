"""One Flask view that gives one answer of the API: what `bench.ratio` compares our server with."""

from __future__ import annotations

from flask import Flask, Response, request

app = Flask(__name__, static_folder=None)
ANSWER = (
    '{"outcome":"valid","reason":"active","source":"cache","checked_at":"2026-11-30T22:00:00.000000Z",'
    '"age_s":12,"good_until":"2026-12-01T23:00:00Z","stands_in_for":null,"card":{"number":"3e50…0001",'
    '"issuer_pic":"000000001","issuer_name":"University of Benchmarks","issued_at":"2025-10-01",'
    '"expires_at":"2099-12-31","academic_level":null,"card_type":null,"display_name":null},'
    '"warnings":[],"router_ms":null}'
)


@app.post("/api/v1/validations")
def validate() -> Response:
    """Read the body, give the answer."""
    request.get_data()
    return Response(ANSWER, mimetype="application/json")


@app.get("/readyz")
def ready() -> str:
    """For whoever waits for the start."""
    return "ready"
