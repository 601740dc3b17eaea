"""The code and the template in a bucket, each under a name that tells its content."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.template import TEMPLATE, with_code
from netdesk.refused import Refused


@dataclass(frozen=True)
class Bucket:
    """Ours alone: its name can be guessed, and whoever made it first could change our code.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """

    s3: Any
    name: str
    account: str

    def make(self) -> None:
        """Closed; buckets of today encrypt by themselves. Raises Refused if it is another's."""
        if self._is_there(self.s3.head_bucket):
            return
        place = {"LocationConstraint": self.s3.meta.region_name}
        # us-east-1 is the one region that must not be named:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        is_first = self.s3.meta.region_name == "us-east-1"
        more = {} if is_first else {"CreateBucketConfiguration": place}
        self.s3.create_bucket(Bucket=self.name, **more)
        blocks = (
            "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets",
        )  # fmt: skip
        self.s3.put_public_access_block(
            Bucket=self.name, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)
        )

    def put_template(self) -> str:
        """Put the functions' code and the template there; returns the template's address.

        CloudFormation reads a template of more than 51,200 bytes from S3 alone.
        """
        text = TEMPLATE.read_text(encoding="utf-8")
        packaged = with_code(text, lambda function: self.put(function.zip_path))
        key = self._put("template", ".yaml", packaged.encode())
        return f"{self.s3.meta.endpoint_url}/{self.name}/{key}"

    def put(self, path: Path) -> str:
        """Put a file there, unless it is there already; returns its s3:// address.

        Nothing is ever removed: a measuring host that AWS replaces fetches its program again, and a
        deployment that is rolled back needs the code before.
        """
        return f"s3://{self.name}/{self._put(path.stem, path.suffix, path.read_bytes())}"

    def _put(self, stem: str, suffix: str, content: bytes) -> str:
        key = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
        if not self._is_there(self.s3.head_object, Key=key):
            self.s3.put_object(
                Bucket=self.name, Key=key, Body=content, ExpectedBucketOwner=self.account
            )
        return key

    def _is_there(self, look: Callable[..., Any], **more: str) -> bool:
        try:
            look(Bucket=self.name, ExpectedBucketOwner=self.account, **more)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 403:
                raise Refused(f"The bucket {self.name} is not yours to write to.") from None
            if status != 404:
                raise
            return False
        return True
