"""Channels: turn an outside message into a turn, and the replies into the channel's own form."""
