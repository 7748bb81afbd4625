"""Runs the pipeline over many documents: `local` on the cores of this machine."""
