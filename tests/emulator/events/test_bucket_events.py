"""S3 and SNS bring their events to functions; whoever put or published does not hear of a failure."""

from __future__ import annotations

import pytest

from tests.emulator.events.conftest import Diary

NOTES = Diary.CODE + "def handler(event, context):\n    note(event)\n"
FAILS = Diary.CODE + "def handler(event, context):\n    note(event)\n    raise ValueError('no')\n"


def allow(aws, name, service, source):
    aws("lambda").add_permission(
        FunctionName=name, StatementId="x", Action="lambda:InvokeFunction", Principal=service, SourceArn=source
    )


def notify(aws, arn):
    rule = {"Name": "prefix", "Value": "in/"}
    wanted = {
        "LambdaFunctionArn": arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [rule]}},
    }
    configuration = {"LambdaFunctionConfigurations": [wanted]}
    aws("s3").put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=configuration)


@pytest.fixture
def bucket(clean_emulator, aws):
    where = {"LocationConstraint": "ap-northeast-1"}
    aws("s3").create_bucket(Bucket="photos", CreateBucketConfiguration=where)


def test_an_object_runs_the_function_that_the_bucket_may_call(clean_emulator, aws, bucket, function, diary):
    arn = function("note", NOTES)
    with pytest.raises(aws("s3").exceptions.ClientError, match="Unable to validate"):
        notify(aws, arn)
    allow(aws, "note", "s3.amazonaws.com", "arn:aws:s3:::photos")
    notify(aws, arn)
    for key in ("in/a b.png", "out/c.png"):
        aws("s3").put_object(Bucket="photos", Key=key, Body=b"xyz")
    assert diary.events() == []
    clean_emulator.advance(5)
    (event,) = diary.events()
    (record,) = event["Records"]
    assert (record["eventName"], record["awsRegion"]) == ("ObjectCreated:Put", "ap-northeast-1")
    assert record["s3"]["bucket"]["arn"] == "arn:aws:s3:::photos"
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("in/a+b.png", 3)


def test_a_function_that_fails_is_run_again_and_the_putter_hears_nothing(clean_emulator, aws, bucket, function, diary):
    arn = function("fails", FAILS)
    allow(aws, "fails", "s3.amazonaws.com", "arn:aws:s3:::photos")
    notify(aws, arn)
    aws("s3").put_object(Bucket="photos", Key="in/a", Body=b"xyz")
    clean_emulator.advance(600)
    assert len(diary.events()) == 3  # at once, and two retries


def test_a_message_of_a_topic_is_an_event_with_the_topics_own_name(clean_emulator, aws, function, diary):
    arn = function("note", NOTES)
    topic = aws("sns").create_topic(Name="news")["TopicArn"]
    subscription = aws("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)["SubscriptionArn"]
    aws("sns").publish(TopicArn=topic, Message="closed")
    clean_emulator.advance(5)
    assert diary.events() == []  # the topic may not call it
    allow(aws, "note", "sns.amazonaws.com", topic)
    kind = {"kind": {"DataType": "String", "StringValue": "sale"}}
    sent = aws("sns").publish(TopicArn=topic, Message="hello", Subject="today", MessageAttributes=kind)
    clean_emulator.advance(5)
    (event,) = diary.events()
    (record,) = event["Records"]
    assert record["EventSubscriptionArn"] == subscription
    told = record["Sns"]
    assert (told["MessageId"], told["TopicArn"], told["Subject"], told["Message"]) == (
        sent["MessageId"],
        topic,
        "today",
        "hello",
    )
    assert told["MessageAttributes"] == {"kind": {"Type": "String", "Value": "sale"}}
