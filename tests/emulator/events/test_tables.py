"""DynamoDB: states of tables, TTL and what the stream says of it; streams as event sources."""

from __future__ import annotations

import json

import pytest

from tests.emulator.events.conftest import Diary

OK = Diary.CODE + "def handler(event, context):\n    note(event)\n"
POISON = Diary.CODE + (
    "def handler(event, context):\n"
    "    note(event)\n"
    "    if any(r['dynamodb']['Keys']['id']['S'] == 'bad' for r in event['Records']):\n"
    "        raise ValueError('bad')\n"
)


@pytest.fixture
def members(clean_emulator, aws):
    client = aws("dynamodb")
    client.create_table(
        TableName="members",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    assert client.describe_table(TableName="members")["Table"]["TableStatus"] == "CREATING"
    clean_emulator.advance(60)
    table = client.describe_table(TableName="members")["Table"]
    assert table["TableStatus"] == "ACTIVE"
    return table["LatestStreamArn"]


def put(aws, *keys, **more):
    for key in keys:
        aws("dynamodb").put_item(TableName="members", Item={"id": {"S": key}, **more})


def keys(aws):
    return sorted(each["id"]["S"] for each in aws("dynamodb").scan(TableName="members")["Items"])


def connect(clean_emulator, aws, stream, arn, **settings):
    settings = {"StartingPosition": "TRIM_HORIZON"} | settings
    aws("lambda").create_event_source_mapping(EventSourceArn=stream, FunctionName=arn, **settings)
    clean_emulator.advance(60)


def seen(diary):
    return [[record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]] for event in diary.events()]


def test_expired_items_are_read_until_they_are_deleted_and_the_stream_says_by_whom(
    clean_emulator, aws, members, function, diary
):
    client = aws("dynamodb")
    setting = {"Enabled": True, "AttributeName": "expires"}
    client.update_time_to_live(TableName="members", TimeToLiveSpecification=setting)
    with pytest.raises(client.exceptions.ClientError, match="TimeToLive is already enabled"):
        client.update_time_to_live(TableName="members", TimeToLiveSpecification=setting)
    now = clean_emulator.status()["now"]
    put(aws, "soon", expires={"N": str(int(now) + 3600)})
    put(aws, "later", expires={"N": str(int(now) + 86400)})
    put(aws, "old", expires={"N": "1000000000"})  # more than five years ago: never
    put(aws, "text", expires={"S": "1"})
    put(aws, "none")
    clean_emulator.advance(3 * 3600 - 60)
    assert "soon" in keys(aws)
    clean_emulator.advance(120)
    assert keys(aws) == ["later", "none", "old", "text"]
    clean_emulator.advance(86400)
    assert keys(aws) == ["none", "old", "text"]
    connect(clean_emulator, aws, members, function("note", OK))
    records = [record for event in diary.events() for record in event["Records"]]
    removed = [record for record in records if record["eventName"] == "REMOVE"]
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in removed] == ["soon", "later"]
    assert {json.dumps(record["userIdentity"]) for record in removed} == {
        '{"type": "Service", "principalId": "dynamodb.amazonaws.com"}'
    }
    assert {record["awsRegion"] for record in records} == {"ap-northeast-1"}


def test_a_stream_is_read_in_order_in_batches_from_where_it_was_asked(clean_emulator, aws, members, function, diary):
    put(aws, "a", "b", "c")
    connect(clean_emulator, aws, members, function("note", OK), BatchSize=2)
    assert seen(diary) == [["a", "b"], ["c"]]
    put(aws, "c")  # a write that changes nothing
    put(aws, "d")
    clean_emulator.advance(5)
    assert seen(diary)[2:] == [["d"]]


def test_the_latest_position_leaves_out_what_was_before(clean_emulator, aws, members, function, diary):
    put(aws, "a")
    connect(clean_emulator, aws, members, function("note", OK), StartingPosition="LATEST")
    put(aws, "b")
    clean_emulator.advance(5)
    assert seen(diary) == [["b"]]


def test_a_poisoned_record_is_cornered_by_halving_and_reported(clean_emulator, aws, members, function, diary):
    queue = aws("sqs").create_queue(QueueName="failed")["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    put(aws, "a", "b", "bad", "d")
    connect(
        clean_emulator,
        aws,
        members,
        function("note", POISON),
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    assert seen(diary) == [["a", "b", "bad", "d"], ["a", "b"], ["bad", "d"], ["bad"], ["bad"], ["d"]]
    report = json.loads(aws("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert report["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert report["DDBStreamBatchInfo"]["batchSize"] == 1
    assert report["DDBStreamBatchInfo"]["streamArn"] == members


def test_a_failing_batch_blocks_its_shard_while_it_is_tried_again(clean_emulator, aws, members, function, diary):
    connect(clean_emulator, aws, members, function("note", POISON), BatchSize=1)
    put(aws, "bad", "next")
    clean_emulator.advance(600)
    assert set(map(tuple, seen(diary))) == {("bad",)}
    assert 5 <= len(diary.events()) <= 12


def test_a_stream_ends_and_begins_again(clean_emulator, aws, members):
    client = aws("dynamodb")
    client.update_table(TableName="members", StreamSpecification={"StreamEnabled": False})
    put(aws, "unheard")
    assert keys(aws) == ["unheard"]
    clean_emulator.advance(1)
    flow = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    again = client.update_table(TableName="members", StreamSpecification=flow)["TableDescription"]
    assert again["LatestStreamArn"] != members
    with pytest.raises(client.exceptions.ResourceInUseException):
        client.update_table(TableName="members", StreamSpecification=flow)
