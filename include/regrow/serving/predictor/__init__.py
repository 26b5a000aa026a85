"""One process that answers predictions of one version: a raw ASGI application, without a framework per request."""
