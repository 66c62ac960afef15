"""Databases: what runs inside a DB instance of RDS, and how it is reached.

=================  ==================================================================================================
``records``        what is kept of a DB instance beyond moto's own
``life``           its states on the clock, and its events
``failover``       a primary lost, a standby promoted
``replication``    transactions on their way to read replicas
``interfaces``     its network interfaces
``image``          its data: SQLite, as file and as bytes
``session``        a client's session: statements, transactions; with ``rewriting``, ``reading``, ``writing``,
                   ``defining``, ``showing``, ``functions``, ``catalogue``: MySQL's SQL on SQLite
``guest``          who is let in
``wire``, ``door`` the MySQL protocol on loopback ports
``front``          the endpoint, for the data plane
``asking``         the same for programs inside the emulated machines
=================  ==================================================================================================

A program inside a machine asks like this, with the world lock held::

    from aws14.emulator.databases import asking

    link = asking.connect(asking.Login(host=..., user=..., password=..., database="shop"), instance_id)
    link.execute("SELECT * FROM orders WHERE id = ?", (1,)).rows
"""
