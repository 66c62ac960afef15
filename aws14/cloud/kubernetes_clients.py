"""The official Kubernetes client for a cluster of EKS, embedded or real.

It shows a token as ``aws eks get-token`` makes it: a call of GetCallerIdentity, signed for the cluster and not sent. In
an emulated session every request goes to loopback, whatever its name says. Creating calls are recorded, and an
identical one of the same pattern is answered with the object that stands already, as for boto3's clients.
"""

from __future__ import annotations

import itertools
import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aws14.cloud.kubernetes_recording import CREATED, Recording
from aws14.cloud.ledger import Record
from aws14.errors import CloudError

if TYPE_CHECKING:
    from aws14.cloud.session import Session

__all__ = ["Clusters", "api_client", "loopback_of", "token"]

_PREFIX, _HEADER = "k8s-aws-v1.", "x-k8s-aws-id"
_SIGNED_FOR_S, _REFRESH_S = 60, 600.0
_HTTPS = 443
_NUMBER = itertools.count()


def token(session: Session, cluster: str) -> str:
    """A token for a cluster, as ``aws eks get-token`` prints it; good for 15 minutes.

    Parameters
    ----------
    session : Session
        Who asks.
    cluster : str
        Its name.
    """
    return _signer(session, cluster)()


def _signer(session: Session, cluster: str) -> Callable[[], str]:
    """What makes one token after another: the client that signs is made once, for it takes longest."""
    client = session.place.client(session.place.open(), "sts", session.region)
    client.meta.events.register("before-sign.sts.GetCallerIdentity", _named(cluster))

    def sign() -> str:
        # Hours of AWS time may pass within one second, by which signatures are told apart: each is for another
        # duration.
        more = 0 if session.place.real else next(_NUMBER) % _SIGNED_FOR_S
        url = client.generate_presigned_url("get_caller_identity", ExpiresIn=_SIGNED_FOR_S + more, HttpMethod="GET")
        return _PREFIX + urlsafe_b64encode(url.encode()).decode().rstrip("=")

    return sign


def _named(cluster: str) -> Callable[..., None]:
    def name(request: Any, **_: Any) -> None:
        request.headers[_HEADER] = cluster

    return name


def api_client(session: Session, cluster: str, *, region: str | None = None) -> Any:
    """A ``kubernetes.client.ApiClient`` for a cluster.

    Parameters
    ----------
    session : Session
        The account; its pattern's creating calls are recorded.
    cluster : str
        Name of an active cluster.
    region : str, optional
        Where it is; the session's own when left out.

    Raises
    ------
    CloudError
        There is no such cluster, or it is not active yet.
    """
    from kubernetes import client

    told = _described(session, cluster, region or session.region)
    settings = client.Configuration(host=told["endpoint"])
    settings.ssl_ca_cert = _file_of(told["certificateAuthority"]["data"])
    settings.proxy = settings.proxy if session.place.real else None
    settings.api_key_prefix["BearerToken"] = "Bearer"
    settings.api_key["BearerToken"] = token(session, cluster)
    settings.refresh_api_key_hook = _fresh_tokens(session, cluster)
    if session.place.control is not None:
        settings.tls_server_name = urlsplit(told["endpoint"]).hostname
    made = client.ApiClient(settings)
    made.rest_client = _rest_client(settings, Recording(session, cluster, region or session.region), session)
    return made


def loopback_of(session: Session, endpoint: str) -> str:
    """Where the endpoint of a cluster of the embedded AWS answers on this machine: ``https://127.0.0.1:40123``.

    Raises
    ------
    CloudError
        It does not answer from here: its access from the Internet is off, or the cluster is gone.
    """
    control = session.place.control
    host = urlsplit(endpoint).hostname or ""
    found: Mapping[str, Any] = control.connect(host, _HTTPS) if control is not None else {}
    if not found.get("loopback_port"):
        raise CloudError(
            f"the cluster's endpoint {host} does not answer: {found.get('explanation', '')}".rstrip(": "),
            cure="look at describe_cluster: its status, and whether endpointPublicAccess is on",
        )
    return f"https://127.0.0.1:{found['loopback_port']}"


class Clusters:
    """What the kinds of this course ask of the insides of clusters: ``session.client("kubernetes")``.

    Parameters
    ----------
    session : Session
        The account.
    region : str
        Where the clusters are.
    """

    def __init__(self, session: Session, region: str) -> None:
        self._session, self._region = session, region
        self._clients: dict[str, Any] = {}

    @property
    def eks(self) -> Any:
        """The boto3 client that knows the clusters."""
        return self._session.client("eks", self._region)

    def api(self, cluster: str) -> Any:
        """The client of a cluster."""
        if cluster not in self._clients:
            self._clients[cluster] = api_client(self._session, cluster, region=self._region)
        return self._clients[cluster]

    def ask(self, cluster: str, method: str, path: str) -> tuple[int, Any]:
        """Send a request to a cluster: status and what its JSON says; 404 where there is no cluster to ask."""
        try:
            api = self.api(cluster)
            headers: dict[str, str] = {"Accept": "application/json"}
            api.update_params_for_auth(headers, [], ["BearerToken"], path, method, None)
            answer = api.rest_client.request(method, f"{api.configuration.host}{path}", headers=headers)
        except CloudError:
            self._clients.pop(cluster, None)
            return 404, {}
        return int(answer.status), json.loads(answer.read() or b"{}")


def _described(session: Session, cluster: str, region: str) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError

    eks = session.client("eks", region)
    try:
        told: Mapping[str, Any] = eks.describe_cluster(name=cluster)["cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        there = ", ".join(eks.list_clusters()["clusters"])
        if not there:
            raise CloudError(f"no cluster is built yet in {region}", cure="run the cell that creates it") from None
        raise CloudError(f"there is no EKS cluster '{cluster}' in {region}", allowed=there) from None
    if not told.get("endpoint"):
        raise CloudError(
            f"the cluster '{cluster}' is {told['status']}: it has no endpoint yet",
            cure=f"eks.get_waiter('cluster_active').wait(name='{cluster}')",
        )
    return told


_FILES: dict[str, Path] = {}


def _file_of(data: str) -> str:
    """A private file with a certificate: the client takes nothing else."""
    if data not in _FILES or not _FILES[data].exists():
        with NamedTemporaryFile(prefix="aws14-ca-", suffix=".pem", delete=False) as file:
            file.write(b64decode(data))
        _FILES[data] = Path(file.name)
    return str(_FILES[data])


def _fresh_tokens(session: Session, cluster: str) -> Callable[[Any], None]:
    """A hook that renews the token; in the embedded AWS each time, because hours may pass between two cells."""
    made_at = [float("-inf")]
    lasts_s = _REFRESH_S if session.place.real else 0.0
    sign = _signer(session, cluster)

    def refresh(settings: Any) -> None:
        if time.monotonic() - made_at[0] >= lasts_s:
            settings.api_key["BearerToken"] = sign()
            made_at[0] = time.monotonic()

    return refresh


def _rest_client(settings: Any, recording: Recording, session: Session) -> Any:
    from kubernetes.client import rest

    class RestClient(rest.RESTClientObject):  # type: ignore[misc]
        """Asks on loopback where the session is emulated, and records what is created."""

        def request(self, method: Any, url: Any, headers: Any = None, body: Any = None, *rest: Any, **more: Any) -> Any:
            def send(method: str, url: str, body: Any) -> Any:
                here = way.url(url)
                return super(RestClient, self).request(method, here, headers, body, *rest, **more)

            record = recording.record(url, body) if method.upper() == "POST" else None
            if record is None:
                return way.sent(send, method, url, body)
            found = _found_again(recording, record, lambda path: way.sent(send, "GET", settings.host + path, None))
            if found is not None:
                return found
            record = recording.begin(record)
            answer = way.sent(send, method, url, body)
            recording.end(record, answer.status, json.loads(answer.read() or b"{}"))
            return answer

    way = _Way(session, settings.host)
    settings.retries = None if session.place.real else False
    return RestClient(settings)


def _found_again(recording: Recording, record: Record, get: Callable[[str], Any]) -> Any:
    """The object that an identical call made, where it still stands."""
    path = recording.earlier(record)
    found = get(path) if path else None
    if found is None or found.status not in CREATED:
        return None
    recording.say_again(json.loads(found.read()))
    return found


class _Way:
    """Where requests to a cluster go: its endpoint, or the place on loopback that stands for it."""

    def __init__(self, session: Session, host: str) -> None:
        self._session, self._host, self._here = session, host, ""

    def url(self, url: str) -> str:
        """Where a request for a URL of the endpoint is sent."""
        if self._session.place.control is None:
            return url
        self._here = self._here or loopback_of(self._session, self._host)
        return self._here + url.removeprefix(self._host)

    def sent(self, send: Callable[[str, str, Any], Any], method: str, url: str, body: Any) -> Any:
        """The answer to a request; a second attempt finds the ports of an embedded AWS that was started anew."""
        from urllib3.exceptions import HTTPError

        for last in (self._session.place.control is None, True):
            try:
                return send(method, url, body)
            except HTTPError as error:
                self._here = ""
                if last:
                    text = f"the endpoint of the cluster does not answer: {error}"
                    raise CloudError(text, cure="look at describe_cluster: its status and resourcesVpcConfig") from None
        return None
