"""What strangers' tools and our own rules say of the template, held against one file of reasons (decisions/policy-checks.md)."""
