"""CloudFront's edge: what a distribution answers.

=================  ===========================================================================
``settings``       a distribution's configuration as plain nouns
``policies``       cache policies and origin request policies, AWS's own and the learner's
``keeping``        what is kept, for how long, under which key
``origins``        asking an origin: a bucket, or anything else by its name
``serving``        a request, from the viewer to the answer
``pages``          the pages of CloudFront's own
``distributions``  moto's distributions by id, name and state; ``front``: them on the data plane
=================  ===========================================================================

There is one edge location, and it keeps one copy of everything.
"""
