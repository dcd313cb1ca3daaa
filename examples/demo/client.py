"""Calls to the HTTP API of a running server, as any client makes them."""

from typing import Any, Self

import urllib3

from cometa_core.errors import CometaError, Unavailable

CONNECT_LIMIT_S = 10.0


class ApiClient:
    """Sends JSON with an API key and returns what the server answers.

    Args:
        url: address of the server without closing slash.
        key: API key.
        patience_s: how long an answer may take, in seconds.
    """

    def __init__(self, url: str, key: str, patience_s: float) -> None:
        self.url = url
        self._pool = urllib3.PoolManager(
            headers={"Authorization": f"Bearer {key}"},
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_LIMIT_S, read=patience_s),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def get(self, path: str, **query: str) -> Any:
        """Read something.

        Args:
            path: absolute path.
            query: parameters of the query string.

        Raises:
            CometaError: the server refuses.
            Unavailable: it does not answer.
        """
        return self._answer("GET", path, fields=query)

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Change something; raises as ``get`` does."""
        return self._answer(method, path, json=body)

    def _answer(self, method: str, path: str, **sent: Any) -> Any:
        try:
            response = self._pool.request(method, self.url + path, **sent)
            document = response.json()
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"The server does not answer {method} {path}: {error}") from error
        except ValueError as error:
            raise CometaError(f"The answer to {method} {path} is no JSON (status {response.status}).") from error
        if response.status >= 400:
            raise refusal(method, path, document)
        return document


def refusal(method: str, path: str, body: dict[str, Any]) -> CometaError:
    """Turn the error body of the API into an error with all its sentences.  Contract: rest-api A1.5."""
    texts = [f"{name}: {text}" for name, found in body.get("fields", {}).items() for text in found]
    sentence = "\n".join([f"{method} {path} is refused: {body.get('error', 'no reason given')}", *texts])
    return CometaError(sentence, code=str(body.get("code", "internal_error")))
