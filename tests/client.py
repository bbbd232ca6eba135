"""A client of the API whose every answer is held against the contract."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.contract import check


class Form(dict[str, Any]):
    """A body that goes as multipart/form-data; a file is a pair of name and bytes."""

    def encoded(self) -> bytes:
        parts = {
            name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value
            for name, value in self.items()
        }
        return encode_multipart(BOUNDARY, parts)


class Caller:
    """Speaks JSON, sends the token, follows the contract."""

    def __init__(self, token: str | None, user: Any) -> None:
        self.user = user
        self.token = token
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})
        self.client.raise_request_exception = False

    def request(self, method: str, url: str, body: Any = None, **headers: str) -> Any:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, Form):
            return self.checked(
                method, self.client.generic(method, url, body.encoded(), MULTIPART_CONTENT, headers=extra)
            )
        data = body if isinstance(body, bytes | str) else json.dumps(body) if body is not None else ""
        return self.checked(method, self.client.generic(method, url, data, "application/json", headers=extra))

    def checked(self, method: str, response: Any) -> Any:
        check(method, response)
        return response

    def get(self, url: str, **headers: str) -> Any:
        return self.request("GET", url, **headers)

    def post(self, url: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", url, body, **headers)

    def patch(self, url: str, body: Any, **headers: str) -> Any:
        """With the ETag of the row as it is now, unless the test says otherwise."""
        return self.request("PATCH", url, body, **self.matching(url, headers))

    def delete(self, url: str, **headers: str) -> Any:
        return self.request("DELETE", url, **self.matching(url, headers))

    def matching(self, url: str, headers: dict[str, str]) -> dict[str, str]:
        if "If_Match" in headers:
            return headers
        etag = self.get(url.split("?", maxsplit=1)[0]).headers.get("ETag")
        return {**headers, "If_Match": etag} if etag else headers

    def rows(self, url: str) -> list[dict[str, Any]]:
        response = self.get(url)
        assert response.status_code == 200, response.content
        return response.json()["results"]
