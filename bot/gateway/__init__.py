"""The public face: the aiohttp application. Nothing of ours imports it."""
