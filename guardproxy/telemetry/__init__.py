"""What the proxy tells its operators: every metric is declared in `metrics`. Used by `proxy`."""
