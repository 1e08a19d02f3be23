# Written by `fleet cluster deploy` from cluster.yml. Changes made here are overwritten.
export PATRONICTL_CONFIG_FILE=/etc/patroni/config.yml
