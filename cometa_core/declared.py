"""The settings that the core itself declares."""

from cometa_core.settings import Setting, as_boolean, as_integer, as_path, as_rate, as_seconds, as_words

CORE_SETTINGS = (
    Setting("cometa.data", None, "Folder of the embedded installation; default: ./data.", as_path),
    Setting("cometa.production", False, "Refuse everything that is only for development.", as_boolean),
    Setting("sqlalchemy.url", None, "Database; default: cometa.sqlite3 in the data folder.", secret=True),
    Setting("huey.url", None, "Queue (sqlite, redis or postgresql); default: in the data folder.", secret=True),
    Setting("huey.secret", None, "Key that signs queue messages; default: made once in the data folder.", secret=True),
    Setting("cometa.artifacts", None, "Artifact store; default: folder artifacts in the data folder."),
    Setting(
        "cometa.encryption_key",
        None,
        "Keys of sealed secrets, id:secret, newest first; default: made once in the data folder.",
        as_words,
        secret=True,
    ),
    Setting("cometa.plugins", (), "Active plugins in call order, one a line; default: all installed.", as_words),
    Setting("cometa.plugins.disabled", (), "Plugins to leave out.", as_words),
    Setting("cometa.host", "127.0.0.1", "Address that `cometa serve` and `cometa up` listen on."),
    Setting("cometa.port", 8001, "Port that `cometa serve` and `cometa up` listen on; 0 = a free one.", as_integer),
    Setting("cometa.web.threads", 16, "Threads that answer requests.", as_integer),
    Setting("cometa.max_body_bytes", 10 * 1024 * 1024, "Largest request body.", as_integer),
    Setting("cometa.max_screenshot_bytes", 20 * 1024 * 1024, "Largest uploaded picture.", as_integer),
    Setting("cometa.cors_origins", (), "Origins that browsers may call the API from.", as_words),
    Setting("cometa.legacy_get_writes", True, "Answer the documented GETs that change something.", as_boolean),
    Setting("cometa.metrics", False, "Offer figures for Prometheus at /metrics.", as_boolean),
    Setting(
        "cometa.metrics_from", ("loopback",), "Who reads /metrics without identity: addresses, networks.", as_words
    ),
    Setting(
        "cometa.rate_limit", None, "Requests of one key or address, such as 600/minute; default: no limit.", as_rate
    ),
    Setting(
        "cometa.rate_limits_url",
        None,
        "Where is counted what may only happen so often; default: the Redis of huey.url, else in each process.",
        secret=True,
    ),
    Setting("cometa.docs_public", True, "Show /docs/ without identity.", as_boolean),
    Setting("cometa.drain_seconds", 10.0, "How long running requests may finish when the server stops.", as_seconds),
)
