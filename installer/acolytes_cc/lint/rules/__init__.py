"""One rule a module; ``acolytes_cc.lint.rule.load_rules`` finds them."""
