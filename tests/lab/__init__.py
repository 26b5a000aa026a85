"""A real Kubernetes node for the tests."""
