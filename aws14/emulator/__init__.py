"""The embedded AWS as a program of its own: moto in server mode, plus one clock, snapshots, and what reacts.

Started as ``python -m aws14.emulator`` (or by `aws14.cloud`), reached over HTTP, imported by nobody. From outside in:

=============  =================================================================================================
``server``     the process: home, lock, port, ``emulator.json``, idle end
``dispatch``   an ordered list of routes: control, the AWS API, else "unknown host"
``gate``       who may ask: keys, origins, hosts
``api``        one AWS request: due events first, then moto, under the world lock
``refusal``    an error in the shape of the service's own protocol
``control``    ``/_aws14/``: status, advance, save, restore, reset, shutdown
``world``      the lock, the clock, the state of the behaviours
``clock``      AWS time and the queue of events
``snapshot``   the whole cloud to bytes and back
``pickling``   what pickle alone cannot do
``moto_app``   moto's own application, tuned
``gaps``       operations that are not there, by name
``call``       what a request asks, as far as it can be told without moto
``store``      snapshots on disk: two generations, named saves, large bodies as files
``keeper``     the thread that saves while there is something to save, and ends an idle process
``behaviours`` what reacts, one file each
``machines``   what is inside instances: user data, pages, metadata, Run Command, SSH
``dataplane``  names resolve, connections come about, pages answer
=============  =================================================================================================
"""
