"""Deploys infra/template.yaml into the emulator: the same template by the same road as on AWS."""

from infra.deploying.package import Bucket
from infra.deploying.stack import Outputs, Stacks
from infra.local.aws import Account, Key

STACK = "netdesk"
CODE_BUCKET = "netdesk-code"
ACCOUNT = "000000000000"  # the emulator's


def deploy(account: Account, parameters: dict[str, str]) -> Outputs:
    """Create or update the stack; returns its outputs. Raises Refused with a sentence."""
    bucket = Bucket(account.client("s3"), CODE_BUCKET, ACCOUNT)
    bucket.make()
    url = bucket.put_template()
    stacks = Stacks(account.client("cloudformation"), pause=0.2)
    if proposal := stacks.propose(STACK, url, parameters):
        stacks.execute(proposal, lambda *_: None)
    return stacks.outputs(STACK)


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
