"""What each function asks of AWS while the tests run, to be held against what its role may do: nothing missing, nothing unused."""
