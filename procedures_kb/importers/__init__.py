"""Taking records in from other systems. One module per format; see base.py for what each must offer."""
