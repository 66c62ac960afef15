"""The recorder: botocore hooks that tag a creating call, write it down, and answer a repeated one from the ledger.

A build cell holds plain create calls. Run again, each finds its own record: if what it made is still there, the
recorded answer is given and nothing is sent; if it is gone, the call goes through. The existence is asked of AWS, not
of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.awsrequest import AWSResponse

from aws14.cloud.archives import by_content
from aws14.cloud.creation import Creation
from aws14.cloud.kinds import KINDS
from aws14.cloud.ledger import Record, decode, digest, encode
from aws14.cloud.operations import OPERATIONS, TOKENS, UNRECORDED
from aws14.cloud.paths import aws_ids, fill, pick
from aws14.cloud.real import check_not_expired
from aws14.cloud.tags import RETAG, TAG_AFTER, course_tags, with_tags
from aws14.errors import BuildError

if TYPE_CHECKING:
    from aws14.cloud.session import Session

_KEY = "aws14"


@dataclass(kw_only=True)
class _Call:
    """A creating call on its way: what botocore's context carries from hook to hook."""

    creation: Creation
    record: Record
    params: Mapping[str, Any]
    earlier: Record | None = None


class Recorder:
    """Listens to the clients of one session.

    Parameters
    ----------
    session : Session
        Whose pattern, ledger and voice are used.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def listen(self, events: Any) -> None:
        """Register the three hooks with the event system of a boto3 session."""
        events.register("provide-client-params", self._prepare)
        events.register("before-call", self._answer_or_begin)
        events.register("after-call", self._end)

    def _prepare(self, params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: object) -> Any:
        service = model.service_model.service_name
        creation = creation_of(service, model.name, params)
        if creation is None:
            return self._retagged(service, model.name, params)
        record = self._record(params, model, creation, context)
        earlier = self._session.ledger.find(record.digest)
        if earlier is None and foretold_exist(self._session, record, params):
            # It stands already and the ledger does not know it: not the course's, so never to be torn down.
            return None
        call = _Call(creation=creation, record=record, params=params)
        if earlier:
            if all_exist(self._session, earlier, params):
                if creation.put:
                    return with_tags(params, creation, self._tags())
                call.earlier = earlier
            else:
                params = self._narrowed(call)
        context[_KEY] = call
        return with_tags(params, creation, self._tags())

    def _retagged(self, service: str, operation: str, params: Mapping[str, Any]) -> Any:
        """The parameters of a call that replaces all tags, with the course's kept on what the course made."""
        retag = RETAG.get((service, operation))
        if retag is None or retag.of(params) not in self._session.ledger.ids(self._session.pattern):
            return None
        return retag.merge(params, self._tags())

    def _narrowed(self, call: _Call) -> Mapping[str, Any]:
        kind = KINDS[call.creation.kind]
        client = self._session.client(kind.service, call.record.region)
        return kind.narrow(client, call.params) if kind.narrow else call.params

    def _answer_or_begin(self, context: dict[str, Any], **_: object) -> Any:
        call: _Call | None = context.get(_KEY)
        if call is None:
            return None
        if call.earlier:
            return self._say_again(call.earlier, call.creation)
        check_not_expired(self._session.place.expires)
        call.record = self._session.ledger.begin(call.record)
        return None

    def _end(self, http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        call: _Call | None = context.get(_KEY)
        if call is None or call.earlier:
            return
        if http_response.status_code >= 300:
            code = str(parsed.get("Error", {}).get("Code", http_response.status_code))
            self._session.ledger.end(call.record, state="failed", error=code)
            return
        resources = made_by(call.creation, call.params, parsed)
        self._session.ledger.end(call.record, state="done", resources=resources, response=self._kept(call, parsed))
        self._tag_after(call, resources)

    def _record(self, params: Mapping[str, Any], model: Any, creation: Creation, context: dict[str, Any]) -> Record:
        service, region = model.service_model.service_name, context["client_region"]
        wish = {name: value for name, value in params.items() if name not in TOKENS | set(creation.ignore)}
        kept = {name: encode(value) for name, value in params.items() if name not in UNRECORDED}
        return Record(
            id="",
            time="",
            state="begun",
            pattern=self._session.pattern,
            region=region,
            service=service,
            operation=model.name,
            digest=digest(service, model.name, region, self._session.pattern, by_content(wish)),
            params=kept,
            parents=tuple(dict.fromkeys(aws_ids(params))),
        )

    def _say_again(self, record: Record, creation: Creation) -> tuple[AWSResponse, dict[str, Any]]:
        answer = _as_sent(decode(record.response)) | self._session.ledger.secrets.get(record.id, {})
        lost = [name for name in creation.secret if name not in answer]
        if lost:
            raise BuildError(
                f"{creation.kind} {', '.join(record.resources)} is there already, and AWS gave its {', '.join(lost)} "
                "only once; for a real account the course does not keep it",
                cure="use the file you saved then, or delete the key pair and run the cell again",
            )
        self._session.say(f"already built: {in_words(creation.kind, record.resources)}")
        return AWSResponse(url="", status_code=200, headers={}, raw=None), answer

    def _kept(self, call: _Call, parsed: Mapping[str, Any]) -> Any:
        secret = {name: parsed[name] for name in call.creation.secret if name in parsed}
        if not (secret and self._session.place.real):
            return encode(parsed)
        # For this kernel only: a real private key never lies around in a file of the course.
        self._session.ledger.secrets[call.record.id] = secret
        self._session.say(f"{', '.join(secret)}: given once by AWS and not stored by the course; save it now")
        return encode({name: value for name, value in parsed.items() if name not in secret})

    def _tag_after(self, call: _Call, resources: tuple[str, ...]) -> None:
        if call.creation.tags == "after":
            client = self._session.client(call.record.service, call.record.region)
            for resource in resources:
                TAG_AFTER[call.creation.kind](client, resource, self._tags())

    def _tags(self) -> dict[str, str]:
        return course_tags(self._session.pattern, self._session.place.expires)


def _as_sent(answer: Any) -> Any:
    """The answer as AWS sends it: botocore decodes IAM's policy documents after this, as it did the first time."""
    if not isinstance(answer, Mapping):
        return [_as_sent(part) for part in answer] if isinstance(answer, list) else answer
    return {
        name: quote(json.dumps(part))
        if name.endswith("PolicyDocument") and isinstance(part, Mapping)
        else _as_sent(part)
        for name, part in answer.items()
    }


def creation_of(service: str, operation: str, params: Mapping[str, Any]) -> Creation | None:
    """The row of a creating call, or None for any other call."""
    creation = OPERATIONS.get((service, operation))
    if creation and creation.kind == "dns-record" and not _record_keys(params):
        return None
    if operation == "ImportCertificate" and params.get("CertificateArn"):
        return None  # it renews one that is there, and then takes no tags
    return creation


def made_by(creation: Creation, params: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of what a call made; with an empty answer, those that its parameters tell already."""
    if creation.kind == "dns-record":
        return _record_keys(params)
    if creation.ids.startswith("{"):
        return (fill(creation.ids, params).removeprefix("/hostedzone/"),)
    parts = [
        [str(found).removeprefix("/hostedzone/") for found in pick(answer, path)] for path in creation.ids.split("|")
    ]
    return tuple("|".join(each) for each in zip(*parts, strict=True))


def all_exist(session: Session, record: Record, params: Mapping[str, Any]) -> bool:
    """Whether everything that a recorded call made is still there."""
    kind = KINDS[OPERATIONS[record.service, record.operation].kind]
    client = session.client(kind.service, record.region)
    return bool(record.resources) and all(kind.exists(client, resource, params) for resource in record.resources)


def foretold_exist(session: Session, record: Record, params: Mapping[str, Any]) -> bool:
    """Whether everything that the parameters already name, such as a bucket, is there before the call."""
    foretold = made_by(OPERATIONS[record.service, record.operation], params, {})
    return all_exist(session, replace(record, resources=foretold), params)


def in_words(kind: str, resources: Iterable[str]) -> str:
    """``route table rtb-0abc``, ``route rtb-0abc to 0.0.0.0/0``."""
    return f"{kind.replace('-', ' ')} {', '.join(resource.replace('|', ' to ') for resource in resources)}"


def _record_keys(params: Mapping[str, Any]) -> tuple[str, ...]:
    zone = str(params.get("HostedZoneId", "")).removeprefix("/hostedzone/")
    written = (
        change["ResourceRecordSet"]
        for change in params.get("ChangeBatch", {}).get("Changes", ())
        if change.get("Action") != "DELETE" and "ResourceRecordSet" in change
    )
    return tuple(
        "/".join(part for part in (zone, entry["Name"].rstrip("."), entry["Type"], entry.get("SetIdentifier")) if part)
        for entry in written
    )
