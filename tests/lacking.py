"""What the emulator lacks of the template, and the template without it."""

import re

# Types that it does not know.
TYPES = {
    "AWS::EC2::VPCCidrBlock",
    "AWS::Route53::RecordSetGroup",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
}
# What asks of a type that it knows for something that it does not.
RESOURCES = {
    "SiteBucketPolicy",  # TLS, which these insist on
    "MailBucketPolicy",
    "FilesBucketPolicy",
    "ProbeSubnet",  # a VPC's IPv6 network
    "ProbeLaunch",
}
_ENTRY = re.compile(r"(?m)^(?=  \w+:)")


def without(text: str) -> tuple[str, set[str]]:
    """The template's text without what is lacking and what hangs on that; what is gone."""
    head, resources, outputs = re.split(r"(?m)^(?:Resources|Outputs):\n", text)
    entries = {name: entry for entry in _ENTRY.split(resources) if (name := _name(entry))}
    gone = {name for name, entry in entries.items() if _lacks(name, entry)}
    while more := {n for n in set(entries) - gone if _hangs_on(entries[n], gone)}:
        gone |= more
    kept = "".join(entry for name, entry in entries.items() if name not in gone)
    told = "".join(line for line in outputs.splitlines(True) if not _hangs_on(line, gone))
    return f"{head}Resources:\n{kept}Outputs:\n{told}", gone


def _name(entry: str) -> str:
    found = re.match(r"  (\w+):", entry)
    return found[1] if found else ""


def _lacks(name: str, entry: str) -> bool:
    return name in RESOURCES or any(f"    Type: {kind}\n" in entry for kind in TYPES)


def _hangs_on(entry: str, gone: set[str]) -> bool:
    return bool(gone) and bool(re.search(rf"\b({'|'.join(sorted(gone))})\b", entry))
