"""Operations on gateways: activation, disks, domain, line limits, tags, shutting down, deletion."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from aws14.emulator.gateways import appliance, cache, folders, uploads
from aws14.emulator.gateways.asking import Asking, new_id, tags_of, told_tags
from aws14.emulator.gateways.models import Gateway
from aws14.emulator.gateways.refusals import refuse

__all__ = ["BUFFER", "GatewayOperations"]

BUFFER = "UPLOAD BUFFER"
_TYPES = ("FILE_S3", "CACHED", "STORED", "VTL")
_LIMITS = ("AverageUploadRateLimitInBitsPerSec", "AverageDownloadRateLimitInBitsPerSec")


class GatewayOperations(Asking):
    """Gateways."""

    def activate_gateway(self) -> ActionResult:
        """Make a gateway of the appliance that gave the key."""
        asked = self.params
        kind = asked.get("GatewayType") or "STORED"
        if kind not in _TYPES:
            refuse(f"Gateways of type {kind} are not part of the embedded AWS; {', '.join(_TYPES)} are.")
        if asked["GatewayRegion"] != self.region:
            refuse(f"The gateway region {asked['GatewayRegion']} is not the region of this endpoint.")
        name = appliance.of_key(asked["ActivationKey"])
        if not name:
            refuse("The specified activation key is not valid.")
        key = new_id("sgw")
        arn = self.arn(f"gateway/{key}")
        told = {**asked, "GatewayType": kind}
        told.pop("ActivationKey")
        self.backend.gateways[key] = Gateway(key, arn, name, told, tags_of(asked), appliance.with_disks(key))
        return ActionResult({"GatewayARN": arn})

    def list_gateways(self) -> ActionResult:
        """List gateways."""
        told = [
            {
                "GatewayId": gateway.id,
                "GatewayARN": gateway.arn,
                "GatewayType": gateway.kind,
                "GatewayOperationalState": "ACTIVE" if gateway.state == "RUNNING" else gateway.state,
                "GatewayName": gateway.told["GatewayName"],
                "HostEnvironment": "VMWARE",
            }
            for gateway in self.backend.gateways.values()
        ]
        page, more = self.page(told)
        return ActionResult({"Gateways": page, **more})

    def describe_gateway_information(self) -> ActionResult:
        """Tell a gateway."""
        gateway = self.gateway(running=False)
        told = {
            "GatewayARN": gateway.arn,
            "GatewayId": gateway.id,
            "GatewayName": gateway.told["GatewayName"],
            "GatewayTimezone": gateway.told["GatewayTimezone"],
            "GatewayState": gateway.state,
            "GatewayNetworkInterfaces": [{"Ipv4Address": _address(gateway)}],
            "GatewayType": gateway.kind,
            "HostEnvironment": "VMWARE",
            "EndpointType": "STANDARD",
            "Tags": told_tags(gateway.tags),
        }
        return ActionResult(told)

    def update_gateway_information(self) -> ActionResult:
        """Change the name or the time zone."""
        gateway = self.gateway()
        for name in ("GatewayName", "GatewayTimezone"):
            if self.params.get(name):
                gateway.told[name] = self.params[name]
        return ActionResult({"GatewayARN": gateway.arn, "GatewayName": gateway.told["GatewayName"]})

    def shutdown_gateway(self) -> ActionResult:
        """Shut down: what waits for the line goes on waiting."""
        gateway = self.gateway()
        uploads.pause(gateway)
        gateway.state = "SHUTDOWN"
        return ActionResult({"GatewayARN": gateway.arn})

    def start_gateway(self) -> ActionResult:
        """Start again."""
        gateway = self.gateway(running=False)
        gateway.state = "RUNNING"
        uploads.start(self.backend, gateway)
        return ActionResult({"GatewayARN": gateway.arn})

    def delete_gateway(self) -> ActionResult:
        """Delete a gateway; what waited for the line is lost, and its tapes and volumes go with it."""
        gateway = self.gateway(running=False)
        for share in gateway.shares.values():
            folders.end(share)
        self.backend.gateways.pop(gateway.id)
        for arn in [tape.arn for tape in self.backend.tapes.values() if tape.gateway == gateway.arn]:
            self.backend.tapes.pop(arn)
        appliance.spend(gateway.appliance)
        return ActionResult({"GatewayARN": gateway.arn})

    def list_local_disks(self) -> ActionResult:
        """List the disks of the appliance."""
        gateway = self.gateway()
        told = [
            {
                "DiskId": disk.id,
                "DiskPath": f"/dev/sd{chr(97 + number)}",
                "DiskNode": disk.node,
                "DiskStatus": "present",
                "DiskSizeInBytes": disk.size,
                "DiskAllocationType": disk.use,
            }
            | ({"DiskAllocationResource": disk.holder} if disk.holder else {})
            for number, disk in enumerate(gateway.disks, 1)
        ]
        return ActionResult({"GatewayARN": gateway.arn, "Disks": told})

    def add_cache(self) -> ActionResult:
        """Give disks to the cache."""
        gateway = self.gateway()
        if gateway.kind == "STORED":
            refuse("The requested operation is not supported by gateways of this type.")
        return self._allocate(gateway, cache.CACHE)

    def add_upload_buffer(self) -> ActionResult:
        """Give disks to the upload buffer."""
        gateway = self.gateway()
        if gateway.kind == "FILE_S3":
            refuse("The requested operation is not supported by gateways of this type.")
        return self._allocate(gateway, BUFFER)

    def add_working_storage(self) -> ActionResult:
        """Give disks to the upload buffer of stored volumes: its older name."""
        return self.add_upload_buffer()

    def _allocate(self, gateway: Gateway, use: str) -> ActionResult:
        disks = {disk.id: disk for disk in gateway.disks}
        for key in self.params["DiskIds"]:
            if key not in disks:
                refuse("The specified disk does not exist.")
            if disks[key].use != "AVAILABLE":
                refuse("The specified disk is already allocated.")
        for key in self.params["DiskIds"]:
            disks[key].use = use
        return ActionResult({"GatewayARN": gateway.arn})

    def describe_cache(self) -> ActionResult:
        """Tell how full the cache is."""
        gateway = self.gateway()
        counts = gateway.journal[""][-1][1] if gateway.journal.get("") else None
        whole = gateway.room(cache.CACHE)
        used, dirty = gateway.sums.get("", (0, 0))
        reads = counts.hits + counts.misses if counts is not None else 0
        told = {
            "GatewayARN": gateway.arn,
            "DiskIds": [disk.id for disk in gateway.disks if disk.use == cache.CACHE],
            "CacheAllocatedInBytes": whole,
            "CacheUsedPercentage": 100 * used / whole if whole else 0.0,
            "CacheDirtyPercentage": 100 * dirty / whole if whole else 0.0,
            "CacheHitPercentage": 100 * counts.hits / reads if counts is not None and reads else 0.0,
            "CacheMissPercentage": 100 * counts.misses / reads if counts is not None and reads else 0.0,
        }
        return ActionResult(told)

    def describe_upload_buffer(self) -> ActionResult:
        """Tell how full the upload buffer is."""
        gateway = self.gateway()
        told = {
            "GatewayARN": gateway.arn,
            "DiskIds": [disk.id for disk in gateway.disks if disk.use == BUFFER],
            "UploadBufferUsedInBytes": uploads.waiting_bytes(gateway),
            "UploadBufferAllocatedInBytes": gateway.room(BUFFER),
        }
        return ActionResult(told)

    def update_bandwidth_rate_limit(self) -> ActionResult:
        """Let the gateway take less than the line."""
        gateway = self.gateway()
        uploads.pause(gateway)
        gateway.settings.update({name: self.params[name] for name in _LIMITS if self.params.get(name)})
        uploads.start(self.backend, gateway)
        return ActionResult({"GatewayARN": gateway.arn})

    def describe_bandwidth_rate_limit(self) -> ActionResult:
        """Tell the limits."""
        gateway = self.gateway()
        limits = {name: gateway.settings[name] for name in _LIMITS if name in gateway.settings}
        return ActionResult({"GatewayARN": gateway.arn, **limits})

    def delete_bandwidth_rate_limit(self) -> ActionResult:
        """Take limits away."""
        gateway = self.gateway()
        uploads.pause(gateway)
        word = self.params["BandwidthType"].lower()
        for name in _LIMITS:
            if word == "all" or word in name.lower():
                gateway.settings.pop(name, None)
        uploads.start(self.backend, gateway)
        return ActionResult({"GatewayARN": gateway.arn})

    def list_tags_for_resource(self) -> ActionResult:
        """Tell tags."""
        return ActionResult({"ResourceARN": self.params["ResourceARN"], "Tags": told_tags(self._tags())})

    def add_tags_to_resource(self) -> ActionResult:
        """Put tags on something."""
        self._tags().update(tags_of(self.params))
        return ActionResult({"ResourceARN": self.params["ResourceARN"]})

    def remove_tags_from_resource(self) -> ActionResult:
        """Take tags away."""
        for key in self.params["TagKeys"]:
            self._tags().pop(key, None)
        return ActionResult({"ResourceARN": self.params["ResourceARN"]})

    def _tags(self) -> dict[str, Any]:
        found = next((tags for arn, _, tags in self.backend.tagged() if arn == self.params["ResourceARN"]), None)
        if found is None:
            refuse("The specified resource was not found.")
        return found


def _address(gateway: Gateway) -> str:
    from aws14.emulator.dataplane import fronts

    return fronts.edge_addresses(f"office-gateway/{gateway.appliance}")[0]
