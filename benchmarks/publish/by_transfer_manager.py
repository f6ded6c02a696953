"""boto3's own transfer manager as people use it for a folder: sixteen threads, no comparing.

python by_transfer_manager.py FOLDER ENDPOINT BUCKET
"""

from __future__ import annotations

import mimetypes
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

THREADS = 16


def main() -> None:
    """Send every file of the folder."""
    folder, endpoint, bucket = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    config = Config(s3={"addressing_style": "path"}, max_pool_connections=THREADS)
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config)
    transfer = TransferConfig(max_concurrency=THREADS)

    def send(path: Path) -> None:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        key = f"public/{path.relative_to(folder).as_posix()}"
        client.upload_file(str(path), bucket, key, ExtraArgs={"ContentType": kind}, Config=transfer)

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(send, (path for path in folder.rglob("*") if path.is_file())):
            pass


if __name__ == "__main__":
    main()
