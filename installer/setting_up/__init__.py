"""What bootstrap.py does, with nothing but the standard library: environments, and the commands that run in them."""
