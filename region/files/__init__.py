"""Files: evidence and attachments, kept by content, stripped of hidden data, encrypted where they lie."""
