"""Puts infra/template.yaml on an AWS account, or on the emulator: the same road for both."""
