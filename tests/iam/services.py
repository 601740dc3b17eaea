"""What a policy grants though no function asks for it, and the reverse, each with its reason."""

from tests.iam.actions import Ask
from tests.iam.granted import Grant

# What the service does in the function's name.
FOR_THE_SERVICE: dict[str, dict[Grant, str]] = {
    "OutboxFunction": {
        Grant("sqs:SendMessage", "OutboxFailures"): "Lambda puts there what the stream gives up:"
        " https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html",
    },
}

# What a function needs no right for: being refused is as good an answer as any.
FOR_NOTHING: dict[str, dict[Ask, str]] = {
    "TraceFunction": {
        Ask("s3:ListBucket", "SiteBucket"): "A page that is forbidden tells as much as a missing"
        " one: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
    },
}

# What SAM adds to a function's role, for all and by the kind of its events:
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-policies
# Its resource is `*`, because AWS wrote it for everybody.
MANAGED = {
    "": "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html",
    "SQS": "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html",
    "DynamoDB": "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaDynamoDBExecutionRole.html",
}

# Where a star stands for an action or for all resources: in which resource, for which action.
_KEY = (
    "The policy of a key means that key, and its owner may do all with it:"
    " https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"
)
_SESSIONS = (
    "A host opens its channel to staff on no resource of ours:"
    " https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html"
)
STARS: dict[tuple[str, str], str] = {
    ("TopicKey", "kms:*"): _KEY,
    ("TopicKey", "kms:GenerateDataKey*"): _KEY,
    ("TopicKey", "kms:Decrypt"): _KEY,
    ("ProbeRole", "ssm:UpdateInstanceInformation"): _SESSIONS,
    ("ProbeRole", "ssmmessages:CreateControlChannel"): _SESSIONS,
    ("ProbeRole", "ssmmessages:CreateDataChannel"): _SESSIONS,
    ("ProbeRole", "ssmmessages:OpenControlChannel"): _SESSIONS,
    ("ProbeRole", "ssmmessages:OpenDataChannel"): _SESSIONS,
}
