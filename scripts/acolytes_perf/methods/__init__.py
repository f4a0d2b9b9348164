"""What the calculators compute with; where a method is published, its source stands in the module."""
