"""Request bodies: read with a size limit and a timeout, and checked against their media type."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

SMALL, LARGE = 16_384, 1_048_576
# A phone in a lift shaft may be slow, but not for ever.
BODY_S = 20.0


async def read_body(request: Request, most: int) -> bytes:
    """
    Return the body of a request, limited in size and time.

    Raises
    ------
    HTTPException
        413 if the body exceeds `most` bytes, 408 after `BODY_S` seconds, 400 if it breaks off.
    """
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > most:
        raise HTTPException(413)
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.stream():
                content += part
                if len(content) > most:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return bytes(content)


async def read_json(request: Request, most: int = SMALL) -> dict[str, Any]:
    """
    Return a request body that is a JSON object.

    Raises
    ------
    HTTPException
        415 if the media type is not JSON, 400 if the content is not a JSON object; 413, 408 and 400 as by `read_body`.
    """
    _refuse_other(request, "application/json")
    try:
        content = json.loads(await read_body(request, most))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
    if not isinstance(content, dict):
        raise HTTPException(400)
    return content


async def read_form(request: Request) -> dict[str, str]:
    """
    Return the fields of a request body that is an HTML form.

    Raises
    ------
    HTTPException
        415 if the media type is not that of a form, 400 if the content is invalid; 413, 408 and 400 as by `read_body`.
    """
    _refuse_other(request, "application/x-www-form-urlencoded")
    try:
        return dict(parse_qsl((await read_body(request, SMALL)).decode("utf-8"), max_num_fields=50))
    except ValueError as error:
        raise HTTPException(400) from error


def _refuse_other(request: Request, media_type: str) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise HTTPException(415)
