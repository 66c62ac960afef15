"""The kubelets of a cluster: pods as local processes, probed and restarted, with the states that kubectl shows.

===============  ===============================================================================================
``runs``         what is remembered of each pod
``images``       which images there are, and what their programs are here
``volumes``      ConfigMaps, Secrets and empty folders of this machine; ``environment``: variables
``processes``    the workers behind containers
``probes``       startup, readiness, liveness: asked for real
``cases``        a container of a pod; ``pulling``: its image
``containers``   the life of a container; ``life``: that of a pod; ``ending``: its end; ``status``: how it reads
===============  ===============================================================================================
"""
