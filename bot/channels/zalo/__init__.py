"""The Zalo official-account channel: webhook in, consultation messages out. Contract: research/zalo.md."""
