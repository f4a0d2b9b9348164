"""What a user reads: documents, pictures and files, in words and in other tools' formats."""
