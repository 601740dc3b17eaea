"""Deploys infra/template.yaml into the emulator, unchanged but for the code's address."""

import hashlib
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.aws import Account, Key
from infra.template import TEMPLATE, with_code

STACK = "netdesk"
CODE_BUCKET = "netdesk-code"
Outputs = dict[str, str]


def deploy(account: Account, parameters: dict[str, str]) -> Outputs:
    """Create or update the stack; returns its outputs."""
    s3 = account.client("s3")
    _make_bucket(s3)
    text = TEMPLATE.read_text(encoding="utf-8")
    template = with_code(text, lambda function: _upload(s3, function.zip_path))
    cloudformation = account.client("cloudformation")
    request = {
        "StackName": STACK,
        "TemplateBody": template,
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    }
    if _exists(cloudformation):
        _update(cloudformation, request)
    else:
        cloudformation.create_stack(**request)
        _wait(cloudformation, "stack_create_complete")
    return _outputs(cloudformation)


def user_with(account: Account, name: str, policy_arn: str) -> Key:
    """A new key of the user with this one policy; the user's older keys end."""
    iam = account.client("iam")
    try:
        iam.create_user(UserName=name)
    except iam.exceptions.EntityAlreadyExistsException:
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.attach_user_policy(UserName=name, PolicyArn=policy_arn)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"])


def _upload(s3: Any, path: Path) -> str:
    content = path.read_bytes()
    key = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:16]}.zip"
    s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=content)
    return f"s3://{CODE_BUCKET}/{key}"


def _make_bucket(s3: Any) -> None:
    if CODE_BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        place = {"LocationConstraint": s3.meta.region_name}
        s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration=place)


def _exists(cloudformation: Any) -> bool:
    try:
        stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError:
        return False
    return bool(stacks)


def _update(cloudformation: Any, request: dict[str, Any]) -> None:
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates" not in str(error):
            raise
    else:
        _wait(cloudformation, "stack_update_complete")


def _wait(cloudformation: Any, what: str) -> None:
    waiter = cloudformation.get_waiter(what)
    waiter.wait(StackName=STACK, WaiterConfig={"Delay": 0.2, "MaxAttempts": 600})


def _outputs(cloudformation: Any) -> Outputs:
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
