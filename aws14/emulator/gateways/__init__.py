"""Storage Gateway, which moto lacks: in the shape of one of moto's services, so that moto answers for it.

==============  ================================================================================================
``models``      gateways; one backend an account and region
``records``     what hangs on them: disks, shares and their files, volumes, tapes
``appliance``   the machine in the office: its address, activation keys, disks
``cache``       what a gateway holds of its files: least recently used, never what waits for the line
``uploads``     what waits for the line, and what becomes of it in AWS
``folders``     the local folders that stand for shares
``orders``      what the people in the office do: write, read, eject
``*_api``       the operations; ``responses`` puts them together, ``urls`` says where they answer
==============  ================================================================================================
"""

from aws14.emulator.gateways.models import storagegateway_backends

__all__ = ["storagegateway_backends"]
