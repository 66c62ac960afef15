"""Buckets of S3 from outside the API: who may read, pages of a website, copies in other buckets.

===============  =======================================================================
``policy``       what a bucket policy says to a caller
``access``       policy, ACL and Block Public Access together
``objects``      an object over HTTP, as the REST endpoint answers
``website``      a bucket as a website
``front``        the names and addresses of both on the data plane
``replication``  which rules copy an object, and the copy
``rules``        lifecycle rules as given, and what S3 refuses of them
``lifecycle``    what they do, and at which midnight
``waterfall``    the storage classes, down which objects move
``storage``      since when an object lies in its class, and what leaving early costs
``restoring``    copies of archived objects, which come and go
``locks``        until when Object Lock keeps a version
===============  =======================================================================
"""
