"""Time series from the files that monitoring systems export.

`read.read_series` reads any of the formats. `counters` turns counters into counts and rates. `choose` selects and
combines series. `series_input` has the inputs that commands declare for all of this.
"""
