"""Models of the files that the client reads. The JSON Schemas in ``schemas/`` come from them."""
