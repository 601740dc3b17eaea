"""Transfer codes of domains: encrypted by Parameter Store, shown once, then deleted.

https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class Codes:
    def __init__(self, client: "SSMClient", folder: str) -> None:
        self._client = client
        self._folder = folder

    def keep(self, owner: str, code: str) -> str:
        """The name under which it is kept: the same for the same submission."""
        name = f"{self._folder}/{owner}"
        self._client.put_parameter(Name=name, Value=code, Type="SecureString", Overwrite=True)
        return name

    def take(self, name: str) -> str:
        """The code, which is kept no longer; nothing when somebody was quicker.

        Of two at the same moment one deletes it, and only that one has it.
        """
        try:
            answer = self._client.get_parameter(Name=name, WithDecryption=True)
            self._client.delete_parameter(Name=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise
            return ""
        return str(answer["Parameter"]["Value"])
