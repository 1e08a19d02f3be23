# Written by `fleet cluster deploy` from cluster.yml. Changes made here are overwritten.
export ETCDCTL_API=3
export ETCDCTL_ENDPOINTS=https://10.0.0.21:2379,https://10.0.0.22:2379,https://10.0.0.23:2379
export ETCDCTL_CACERT=/etc/fleet-cluster/tls/patroni/ca.crt
export ETCDCTL_CERT=/etc/fleet-cluster/tls/patroni/tls.crt
export ETCDCTL_KEY=/etc/fleet-cluster/tls/patroni/tls.key
