"""The code and the template in a bucket, each under a name that tells its content."""

import hashlib
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.template import TEMPLATE, with_code


def upload_template(s3: Any, bucket: str) -> str:
    """Put the functions' code and the template into the bucket; returns the template's address.

    CloudFormation reads a template of more than 51,200 bytes from S3 alone.
    """
    text = with_code(
        TEMPLATE.read_text(encoding="utf-8"), lambda function: upload(s3, bucket, function.zip_path)
    )
    key = _put(s3, bucket, "template", ".yaml", text.encode())
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def upload(s3: Any, bucket: str, path: Path) -> str:
    """Put a file there, unless it is there already; returns its s3:// address.

    Nothing is ever removed: a measuring host that AWS replaces fetches its program again, and a
    deployment that is rolled back needs the code before.
    """
    return f"s3://{bucket}/{_put(s3, bucket, path.stem, path.suffix, path.read_bytes())}"


def _put(s3: Any, bucket: str, stem: str, suffix: str, content: bytes) -> str:
    key = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
    if not _is_there(lambda: s3.head_object(Bucket=bucket, Key=key)):
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    return key


def make_bucket(s3: Any, bucket: str) -> None:
    """Ours, closed; buckets of today encrypt by themselves."""
    if _is_there(lambda: s3.head_bucket(Bucket=bucket)):
        return
    place = {"LocationConstraint": s3.meta.region_name}
    # us-east-1 is the one region that must not be named:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    elsewhere = {} if s3.meta.region_name == "us-east-1" else {"CreateBucketConfiguration": place}
    s3.create_bucket(Bucket=bucket, **elsewhere)
    blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)
    )


def _is_there(look: Any) -> bool:
    try:
        look()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return False
    return True
