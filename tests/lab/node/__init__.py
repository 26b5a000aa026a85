"""The lab: etcd, the Kubernetes control plane, containerd and one node as plain processes of this machine.

`python -m lab.node up` brings it up, `down` leaves nothing; tests find it through `lab.node.facts.read()` and break it
through `lab.node.parts`.
"""
