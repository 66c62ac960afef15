"""A queue brings its messages to a function: batches, windows, failures, filters."""

from __future__ import annotations

import json

import pytest

from tests.emulator.events.conftest import Diary

OK = Diary.CODE + "def handler(event, context):\n    note(event)\n"
FAILS = Diary.CODE + "def handler(event, context):\n    note(event)\n    raise ValueError('no')\n"
PARTIAL = Diary.CODE + (
    "def handler(event, context):\n"
    "    note(event)\n"
    "    bad = [r['messageId'] for r in event['Records'] if 'bad' in r['body']]\n"
    "    return {'batchItemFailures': [{'itemIdentifier': each} for each in bad]}\n"
)


def bodies(events):
    return [sorted(record["body"] for record in event["Records"]) for event in events]


@pytest.fixture
def queue(clean_emulator, aws):
    sqs = aws("sqs")
    dead = sqs.create_queue(QueueName="reports-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    attributes = {"VisibilityTimeout": "30", "RedrivePolicy": redrive}
    return sqs.create_queue(QueueName="reports", Attributes=attributes)["QueueUrl"]


def arn_of(aws, url):
    return aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def count(aws, url, name="ApproximateNumberOfMessages"):
    found = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    return int(found)


def connect(clean_emulator, aws, url, arn, **settings):
    made = aws("lambda").create_event_source_mapping(EventSourceArn=arn_of(aws, url), FunctionName=arn, **settings)
    assert made["State"] == "Creating"
    clean_emulator.advance(60)
    assert aws("lambda").get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled"
    return made["UUID"]


def send(aws, url, *texts):
    entries = [{"Id": str(n), "MessageBody": text} for n, text in enumerate(texts)]
    aws("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def test_messages_come_in_batches_and_are_gone_when_the_function_returns(clean_emulator, aws, queue, function, diary):
    connect(clean_emulator, aws, queue, function("report", OK), BatchSize=3, MaximumBatchingWindowInSeconds=5)
    send(aws, queue, "a", "b", "c", "d")
    clean_emulator.advance(1)
    assert bodies(diary.events()) == [["a", "b", "c"]]  # full: it does not wait for the window
    assert count(aws, queue) == 1
    clean_emulator.advance(10)
    assert bodies(diary.events()) == [["a", "b", "c"], ["d"]]
    assert count(aws, queue) == count(aws, queue, "ApproximateNumberOfMessagesNotVisible") == 0
    record = diary.events()[1]["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert int(record["attributes"]["SentTimestamp"]) <= int(record["attributes"]["ApproximateFirstReceiveTimestamp"])


def test_what_fails_is_seen_again_after_the_visibility_time_out_and_then_put_aside(
    clean_emulator, aws, queue, function, diary
):
    uuid = connect(clean_emulator, aws, queue, function("report", FAILS))
    aws("sqs").send_message(QueueUrl=queue, MessageBody="a")  # the sender does not hear of the failure
    clean_emulator.advance(5)
    assert len(diary.events()) == 1
    assert count(aws, queue, "ApproximateNumberOfMessagesNotVisible") == 1
    clean_emulator.advance(30)
    received = [event["Records"][0]["attributes"]["ApproximateReceiveCount"] for event in diary.events()]
    assert received == ["1", "2"]
    clean_emulator.advance(60)
    assert len(diary.events()) == 2
    assert (count(aws, queue), count(aws, queue.replace("reports", "reports-dead"))) == (0, 1)
    mapping = aws("lambda").get_event_source_mapping(UUID=uuid)
    assert mapping["LastProcessingResult"] == "PROBLEM: Function call failed"


def test_a_function_reports_the_messages_that_failed(clean_emulator, aws, queue, function, diary):
    arn = function("report", PARTIAL)
    connect(clean_emulator, aws, queue, arn, FunctionResponseTypes=["ReportBatchItemFailures"])
    send(aws, queue, "good", "bad", "fine")
    clean_emulator.advance(1)
    assert bodies(diary.events()) == [["bad", "fine", "good"]]
    clean_emulator.advance(40)
    assert bodies(diary.events())[1:] == [["bad"]]


def test_a_filter_keeps_messages_from_the_function_and_deletes_them(clean_emulator, aws, queue, function, diary):
    wanted = {"body": {"pages": [{"numeric": [">", 10, "<=", 100]}], "kind": [{"prefix": "year"}]}}
    criteria = {"Filters": [{"Pattern": json.dumps(wanted)}]}
    connect(clean_emulator, aws, queue, function("report", OK), FilterCriteria=criteria)
    tried = [{"pages": pages, "kind": kind} for pages in (10, 50, 100, 101) for kind in ("yearly", "daily")]
    send(aws, queue, *map(json.dumps, tried), "not JSON")
    clean_emulator.advance(5)
    got = [json.loads(record["body"]) for event in diary.events() for record in event["Records"]]
    assert sorted(each["pages"] for each in got) == [50, 100]
    assert {each["kind"] for each in got} == {"yearly"}
    assert count(aws, queue) == count(aws, queue, "ApproximateNumberOfMessagesNotVisible") == 0


def test_a_fifo_queue_keeps_the_order_of_a_group(clean_emulator, aws, function, diary):
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    queue = aws("sqs").create_queue(QueueName="orders.fifo", Attributes=attributes)["QueueUrl"]
    connect(clean_emulator, aws, queue, function("order", OK), BatchSize=2)
    for number in range(5):
        aws("sqs").send_message(QueueUrl=queue, MessageBody=f"{number}", MessageGroupId="one")
    clean_emulator.advance(5)
    got = [record["body"] for event in diary.events() for record in event["Records"]]
    assert got == ["0", "1", "2", "3", "4"]
    assert all(len(event["Records"]) <= 2 for event in diary.events())


def test_a_disabled_mapping_leaves_messages_where_they_are(clean_emulator, aws, queue, function, diary):
    uuid = connect(clean_emulator, aws, queue, function("report", OK))
    assert aws("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)["State"] == "Disabling"
    clean_emulator.advance(60)
    send(aws, queue, "a")
    clean_emulator.advance(60)
    assert diary.events() == []
    aws("lambda").update_event_source_mapping(UUID=uuid, Enabled=True)
    clean_emulator.advance(60)
    assert bodies(diary.events()) == [["a"]]
    assert aws("lambda").delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    send(aws, queue, "b")
    clean_emulator.advance(60)
    assert count(aws, queue) == 1


def test_aws_refuses_mappings_that_cannot_work(clean_emulator, aws, queue, function):
    client, arn, slow = aws("lambda"), arn_of(aws, queue), function("slow", OK, Timeout=31)
    invalid = client.exceptions.InvalidParameterValueException
    with pytest.raises(invalid, match="Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"):
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName=slow)
    quick = function("quick", OK)
    with pytest.raises(invalid, match="Maximum batch window"):
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName=quick, BatchSize=100)
    with pytest.raises(invalid, match="Invalid filter pattern"):
        criteria = {"Filters": [{"Pattern": "{not json"}]}
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName=quick, FilterCriteria=criteria)
    with pytest.raises(invalid, match="does not exist"):
        client.create_event_source_mapping(EventSourceArn=f"{arn}-none", FunctionName=quick)
    client.create_event_source_mapping(EventSourceArn=arn, FunctionName=quick)
    with pytest.raises(client.exceptions.ResourceConflictException, match="already exists"):
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName="quick")
