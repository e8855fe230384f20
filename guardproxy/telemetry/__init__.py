"""What the proxy tells its operators. Part of the outer ring; `proxy` writes here, and nothing reads back.

`metrics` declares every metric, with its labels, and writes them out for Prometheus; several workers are added up
there. It is the only door to that library. Labels are bounded, and nothing that a client or a model wrote is one.
`logs` says where log lines go.
"""
