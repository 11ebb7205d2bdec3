"""Pictures and PDF files that citizens attach to a component of their dossier: checked, cleaned, combined, sealed."""
