"""Rules computed instead of quoted: fees, deadlines, which unit and which point."""
