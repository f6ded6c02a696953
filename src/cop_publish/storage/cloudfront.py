"""CloudFront, the CDN in front of a bucket, through boto3: the other service, and the other module for it."""

from __future__ import annotations

import boto3.session
from botocore import exceptions as boto
from botocore.config import Config

from cop_publish.errors import StorageFailed
from cop_publish.storage.refusals import UNREACHABLE, refused

AT_ONCE = 3000  # paths that CloudFront takes in invalidations under way
_WORDS = {
    "NoSuchDistribution": "there is no such distribution. Mend [storage] cloudfront",
    "AccessDenied": "it does not allow this. Let these credentials do cloudfront:CreateInvalidation",
    "TooManyInvalidationsInProgress": "it is busy with earlier ones. Publish again in a quarter of an hour",
}


def invalidate(distribution: str, paths: list[str], reference: str) -> None:
    """Let a distribution forget its copies of these paths, each with a slash in front.

    With the `reference` of an earlier call CloudFront takes this for the same one.  Raises StorageFailed.
    """
    try:
        client = boto3.session.Session().client(
            "cloudfront",
            region_name="us-east-1",  # the one region that CloudFront is asked in
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )
        for start in range(0, len(paths), AT_ONCE):
            batch = paths[start : start + AT_ONCE]
            client.create_invalidation(
                DistributionId=distribution,
                InvalidationBatch={
                    "Paths": {"Quantity": len(batch), "Items": batch},
                    "CallerReference": f"{reference}-{start}",
                },
            )
    except boto.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        raise StorageFailed(f"CloudFront refused: {_WORDS.get(code) or refused(code, status)}.") from error
    except boto.NoCredentialsError as error:
        raise StorageFailed(f"CloudFront cannot be used: {UNREACHABLE['no credentials']}.") from error
    except (boto.BotoCoreError, ValueError) as error:
        msg = "CloudFront cannot be used: it did not answer. Check that this machine is online."
        raise StorageFailed(msg) from error
