"""The only package that touches Rasa's inside: import shim, patches, policy, tracker store, worker and action server."""
