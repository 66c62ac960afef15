"""Services of a cluster: names, endpoints, ways to pods, load balancers."""
