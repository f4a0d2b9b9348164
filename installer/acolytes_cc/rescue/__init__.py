"""What works without the application: it looks at an installation and removes one, with any `python3`.

The installer copies these modules into ``${XDG_DATA_HOME:-~/.local/share}/acolytes/rescue``. A launcher starts them
there when the application's own Python or package is gone. So they need the standard library alone, and Python 3.7.
"""
