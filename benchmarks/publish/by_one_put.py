"""The floor for a large file: one plain PUT by boto3, streamed from disk.

python by_one_put.py FOLDER ENDPOINT BUCKET
"""

from __future__ import annotations

import sys
from pathlib import Path

import boto3
from botocore.config import Config


def main() -> None:
    """Send the one file of the folder."""
    folder, endpoint, bucket = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    config = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config)
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    with path.open("rb") as body:
        client.put_object(
            Bucket=bucket,
            Key=f"public/{path.relative_to(folder).as_posix()}",
            Body=body,
            ContentType="audio/mpeg",
        )


if __name__ == "__main__":
    main()
