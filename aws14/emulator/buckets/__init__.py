"""Buckets of S3 from outside the API: who may read, pages of a website, copies in other buckets.

===============  =======================================================================
``policy``       what a bucket policy says to a caller
``access``       policy, ACL and Block Public Access together
``objects``      an object over HTTP, as the REST endpoint answers
``website``      a bucket as a website
``front``        the names and addresses of both on the data plane
``replication``  which rules copy an object, and the copy
===============  =======================================================================
"""
