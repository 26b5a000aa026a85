"""Every name, range and port of the lab, in one table.

The node's address is that of the pods' bridge: host and pods reach it alike, and no other machine does.
"""

from __future__ import annotations

from ipaddress import IPv4Network

NODE_NAME = "lab"
BRIDGE = "regrow-lab"
PODS = IPv4Network("10.244.0.0/24")
NODE = "10.244.0.1"
SERVICES = IPv4Network("10.96.0.0/16")
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"
DOMAIN = "cluster.local"
LOOPBACK = "127.0.0.1"

ETCD = 22379
ETCD_PEERS = 22380
API_SERVER = 26443
CONTROLLER_MANAGER = 20257
SCHEDULER = 20259
KUBELET = 21250
KUBELET_HEALTH = 21248
PROXY_HEALTH = 21256
PROXY_METRICS = 21249
DNS = 21053
DNS_HEALTH = 21080
DNS_READY = 21081
KSERVE_WEBHOOKS = 29443
KSERVE_HEALTH = 29081
GATEWAY_XDS = 18000
"""Envoy Gateway's own, which no setting changes; 18001, 18002, 19000 and 19001 are its others."""
GATEWAY_HEALTH = 8081
"""Likewise."""
S3 = 25000
POSTGRES = 25432
MLFLOW = 25050

API_ADDRESS = f"https://{NODE}:{API_SERVER}"
