"""Serving through KServe: a slot is an InferenceService, the traffic is an HTTPRoute of ours."""
