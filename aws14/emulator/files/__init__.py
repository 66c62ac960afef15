"""File systems that many machines share: EFS, FSx, and the directories that FSx joins.

==============  ================================================================================================
``trees``       what such a file system holds: files, when they were last read, their storage classes
``classes``     files move between storage classes on the clock
``exports``     which tree a name and a path lead to, for whom
``interfaces``  network interfaces of AWS's own in the customer's subnets
``fronts``      names and ports in the data plane: NFS on 2049, SMB on 445
``load``        what a course says that a file system has to do, and the metrics that follow
``efs_...``     EFS: life, changes, mount targets, replication
``fsx_...``     FSx: life, updates, failover, backups, ONTAP's virtual machines and volumes
``directory``   AWS Managed Microsoft AD
==============  ================================================================================================

Others read and write the files by `trees`: ``files(key)``, ``write(key, path, data, now=)``, ``copied(tree)``; the key
is the id of the file system (of ONTAP and OpenZFS: of the volume) or of a backup.
"""
