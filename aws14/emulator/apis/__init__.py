"""API Gateway on the data plane: REST APIs, HTTP APIs, and Lambda's function URLs.

====================  ========================================================================
``front``             the names that AWS hands out, and what answers at their addresses
``coming``            a request as API Gateway sees it
``refusals``          the answers of API Gateway's own: who may not, what is not there, what failed
``matching``          from a path to a resource or a route
``definition``        what of a REST API is deployed, as plain JSON
``rest``              a request to a stage of a REST API
``integrations``      what is behind a method: a function, an address, an answer made up
``templates``         mapping templates (a part of Velocity): ``template_reading`` makes ``template_trees`` of a
                      text, ``template_values`` is what stands in them
``parameters``        headers, query strings and paths from here to there
``events``            a request as a function gets it, and back
``functions``         running a function, if it may be run, for as long as there is time
``reaching``          asking an address, through the data plane
``access``            API keys and usage plans; ``throttles`` keeps rates
``authorizing``       policies, signatures, Lambda authorizers
``validating``        required parameters, models
``recording``         metrics and logs
``http``              a request to an HTTP API
``urls``              a request to a function URL
====================  ========================================================================
"""
