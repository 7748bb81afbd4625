"""What leaves the record: annotations, JSON, CSV."""
